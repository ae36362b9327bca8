import { isProblem } from '../problem';
import { when } from '../words';

const ask = 'Ask whoever sent it for a new one.';

/** Why an address opens nothing: its time is over, or it is not known any more. Pure. */
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

/** Whether it opens nothing, rather than that nobody could say so now. */
export function isGone(problem: unknown): boolean {
  return isProblem(problem, 'not-found', 'link-expired', 'invitation-expired');
}
