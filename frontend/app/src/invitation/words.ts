import { isProblem } from '../problem';
import { when } from '../words';

const ask = 'Ask whoever sent it for a new one.';

/** Returns why an invitation's address opens nothing: it has expired, or is not known any more. */
function gone(problem: unknown, what: string, unknown: string, now: Date): { heading: string; text: string } {
  if (isProblem(problem, 'link-expired', 'invitation-expired')) {
    const ended = problem.endedAt === null ? '' : `It ended ${when(problem.endedAt, now)}. `;
    return { heading: `This ${what} has ended`, text: `${ended}${ask}` };
  }
  return { heading: `This ${what} no longer works`, text: unknown };
}

export function invitationGone(problem: unknown, now = new Date()) {
  return gone(problem, 'invitation', `It was used already, or withdrawn. ${ask}`, now);
}

export function linkGone(problem: unknown, now = new Date()) {
  return gone(problem, 'link', ask, now);
}

/** Reports whether the address opens nothing, as opposed to a failed request. */
export function isGone(problem: unknown): boolean {
  return isProblem(problem, 'not-found', 'link-expired', 'invitation-expired');
}
