import { Problem } from '../api';

const broke = 'Something broke on our side. Try again in a moment.';
const away = 'The server can’t be reached. Try again when you are back online.';

/** What the page says when signing in failed. `seconds`: how long until another try is allowed. */
export function signInWords(problem: unknown): { words: string; seconds: number | null } {
  if (!(problem instanceof Problem)) return { words: broke, seconds: null };
  switch (problem.status) {
    case 0:
      return { words: away, seconds: null };
    case 400:
    case 401:
    case 403:
    case 404:
    case 422:
      return { words: 'E-mail or password is not right. You can try again.', seconds: null };
    case 429:
      return { words: 'Too many tries. Wait a moment.', seconds: problem.retryAfter ?? 30 };
    default:
      return { words: broke, seconds: null };
  }
}

export interface Refusal {
  /** By JSON name of the field. */
  fields: Partial<Record<string, string>>;
  /** What belongs to no field. */
  form: string | null;
}

/** What the page says when an account could not be made. */
export function signUpWords(problem: unknown): Refusal {
  if (!(problem instanceof Problem)) return { fields: {}, form: broke };
  if (problem.fields.length > 0) {
    const fields: Refusal['fields'] = {};
    for (const { field, detail } of problem.fields) fields[field] ??= sentence(detail);
    const known = ['name', 'email', 'password', 'current', 'new'].some((field) => fields[field]);
    return { fields, form: known ? null : sentence(problem.detail || problem.title) };
  }
  switch (problem.status) {
    case 0:
      return { fields: {}, form: away };
    case 403:
      return { fields: {}, form: 'Accounts here are made by invitation.' };
    case 404:
    case 410:
      return {
        fields: {},
        form: 'This address to set Quire up no longer works. The server prints a new one with “quire setup”.',
      };
    case 409:
      return { fields: { email: 'There is an account with this e-mail. Sign in instead.' }, form: null };
    case 429:
      return { fields: {}, form: `Too many tries. Wait ${problem.retryAfter ?? 30} seconds.` };
    default:
      return { fields: {}, form: problem.status >= 500 ? broke : sentence(problem.detail || problem.title) };
  }
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
