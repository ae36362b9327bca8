import { isProblem, Problem } from '../api';

const broke = 'Something broke on our side. Try again in a moment.';
const away = 'The server can’t be reached. Try again when you are back online.';

/** What the page says when signing in failed. `seconds`: how long until another try is allowed. `typed`: what was typed is wrong,
 * and typing it again may help. */
export function signInWords(problem: unknown): { words: string; seconds: number | null; typed: boolean } {
  if (isProblem(problem, 'too-many-requests'))
    return { words: 'Too many tries. Wait a moment.', seconds: problem.retryAfter ?? 30, typed: false };
  return { words: refusal(problem), seconds: null, typed: isProblem(problem, 'wrong-credentials') };
}

/** The cause, as the server gives it; a kind of problem that is not known here too. */
function refusal(problem: unknown): string {
  if (isProblem(problem, 'unreachable')) return away;
  if (!(problem instanceof Problem) || problem.kind === 'internal') return broke;
  return sentence(problem.detail || problem.title || broke);
}

export interface Refusal {
  /** By JSON name of the field. */
  fields: Partial<Record<string, string>>;
  /** What belongs to no field. */
  form: string | null;
  /** The e-mail belongs to an account already. */
  taken?: boolean;
}

/** What the page says when an account could not be made, or a password not be set. */
export function signUpWords(problem: unknown): Refusal {
  if (isProblem(problem, 'email-taken'))
    return { fields: { email: sentence(problem.detail) }, form: null, taken: true };
  if (isProblem(problem, 'too-many-requests'))
    return { fields: {}, form: `Too many tries. Wait ${problem.retryAfter ?? 30} seconds.` };
  if (!(problem instanceof Problem) || problem.fields.length === 0) return { fields: {}, form: refusal(problem) };
  const fields: Refusal['fields'] = {};
  for (const { field, detail } of problem.fields) fields[field] ??= sentence(detail);
  const known = ['name', 'email', 'password', 'current', 'new'].some((field) => fields[field]);
  return { fields, form: known ? null : refusal(problem) };
}

function sentence(text: string): string {
  const upper = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.?]$/.test(upper) ? upper : `${upper}.`;
}

/** Why signing in elsewhere came to nothing, by the word the server sends people back with. */
export function refusedElsewhere(word: string): string {
  switch (word) {
    case 'denied':
      return 'The other side said no. You can try again.';
    case 'expired':
      return 'That took too long, or was begun in another browser. Try again.';
    case 'unverified':
      return 'There is an account with your e-mail, and the address was not shown to be yours on both sides. Sign in with your password.';
    case 'other':
      return 'That account belongs to somebody else there. Sign in with your password.';
    case 'suspended':
      return 'An administrator has suspended your account. Your documents are kept. Ask whoever runs this server.';
    case 'closed':
      return 'Accounts here are made by the administrator.';
    case 'invite':
      return 'Accounts here are made by invitation.';
    case 'email':
      return 'The other side gave no e-mail address, and an account here needs one.';
    case 'provider':
      return 'The other side can’t be reached, or what it said does not count. Try again in a moment.';
    default:
      return broke;
  }
}
