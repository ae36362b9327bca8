import { count } from '../words';
import { type Refusal, shortest } from './refusals';

/** Mistakes that a form points out before it sends anything. In its own words, because a browser's bubble disappears after seconds and
 * marks no field. */

export function nameSlip(name: string): string | null {
  return name.trim() === '' ? 'Type a name.' : null;
}

/** Checks only roughly, because the server decides. An address without a dot may be right in a local network. */
export function emailSlip(email: string): string | null {
  const typed = email.trim();
  if (typed === '') return 'Type an e-mail address.';
  return /^[^\s@]+@[^\s@]+$/.test(typed) ? null : `“${typed}” isn’t an e-mail address.`;
}

/** Returns the mistake in a password that exists already. */
export function passwordSlip(password: string): string | null {
  return password === '' ? 'Type your password.' : null;
}

/** Returns the mistake in a new password. The label says how long it has to be; this adds how much is missing. */
export function newPasswordSlip(password: string): string | null {
  if (password === '') return 'Type a password.';
  if (password.length >= shortest) return null;
  return `${count(shortest - password.length, 'more character')}, please.`;
}

/** Returns the mistakes of a form by field, or null if it can be sent. */
export function slipsOf<Field extends string>(found: Partial<Record<Field, string | null>>): Refusal<Field> | null {
  const fields: Refusal<Field>['fields'] = {};
  for (const [name, words] of Object.entries(found) as [Field, string | null][]) if (words) fields[name] = words;
  return Object.keys(fields).length > 0 ? { fields, form: null } : null;
}
