import { Problem } from '../api';
import { when } from '../words';

const ask = 'Ask whoever sent it for a new one.';

/** Why an address opens nothing: 410 says that its time was over, anything else that it is no longer known. Pure. */
function gone(problem: unknown, what: string, unknown: string, now: Date): { heading: string; text: string } {
  if (problem instanceof Problem && problem.status === 410) {
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
