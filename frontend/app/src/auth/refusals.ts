import { isProblem, Problem } from '../problem';

/** Characters of a password the server takes at least. */
export const shortest = 10;

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

export interface Refusal<Field extends string = string> {
  /** What is wrong with a field, by its JSON name: only where the server says that this one is at fault. */
  fields: Partial<Record<Field, string>>;
  /** What is the fault of no field. */
  form: string | null;
  /** The e-mail belongs to an account already. */
  taken?: boolean;
}

export const notRefused: Refusal<never> = { fields: {}, form: null };

/** What a form with these fields says of a problem. A field is marked only for what the server says of that field: not for too
 * many tries, a database that is away, or something this person may not do. */
export function refusalOf<Field extends string>(problem: unknown, ...names: Field[]): Refusal<Field> {
  if (isProblem(problem, 'too-many-requests'))
    return { ...notRefused, form: `Too many tries. Wait ${problem.retryAfter ?? 30} seconds.` };
  const named = problem instanceof Problem ? [...problem.fields] : [];
  const taken = isProblem(problem, 'email-taken');
  if (taken) named.push({ field: 'email', detail: problem.detail });
  const fields: Refusal<Field>['fields'] = {};
  for (const name of names) {
    const wrong = named.find(({ field }) => field === name);
    if (wrong) fields[name] = sentence(wrong.detail);
  }
  return { fields, form: Object.keys(fields).length > 0 ? null : refusal(problem), taken };
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
      return 'Accounts here are made by invitation. Open a link somebody sent you, then make one.';
    case 'email':
      return 'The other side gave no e-mail address, and an account here needs one.';
    case 'stale':
      return 'The other side did not ask who you are. Sign out there, then try again.';
    case 'provider':
      return 'The other side can’t be reached, or what it said does not count. Try again in a moment.';
    default:
      return broke;
  }
}
