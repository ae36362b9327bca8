import { count } from '../words';
import { type Refusal, shortest } from './refusals';

/** Slips of the hand that a form tells before anything is sent. In its own words, because a browser's bubble is gone after
 * seconds and marks no field. */

export function nameSlip(name: string): string | null {
  return name.trim() === '' ? 'Type a name.' : null;
}

/** The server decides what an address is; one without a dot may be right in a house's own network. */
export function emailSlip(email: string): string | null {
  const typed = email.trim();
  if (typed === '') return 'Type an e-mail address.';
  return /^[^\s@]+@[^\s@]+$/.test(typed) ? null : `“${typed}” isn’t an e-mail address.`;
}

/** Of a password that exists already. */
export function passwordSlip(password: string): string | null {
  return password === '' ? 'Type your password.' : null;
}

/** Of a new one. How long it has to be stands over the field; this adds how far it is from that. */
export function newPasswordSlip(password: string): string | null {
  if (password === '') return 'Type a password.';
  if (password.length >= shortest) return null;
  return `${count(shortest - password.length, 'more character')}, please.`;
}

/** What a form shows of them; null: it can be sent. */
export function slipsOf<Field extends string>(found: Partial<Record<Field, string | null>>): Refusal<Field> | null {
  const fields: Refusal<Field>['fields'] = {};
  for (const [name, words] of Object.entries(found) as [Field, string | null][]) if (words) fields[name] = words;
  return Object.keys(fields).length > 0 ? { fields, form: null } : null;
}
