import { ago, count, dayMonth, roleNames, untitled } from '../words';
import type { ApiToken, MadeWithToken } from './calls';

const does: Record<string, string> = {
  comment: 'comments',
  suggest: 'suggests',
  write: 'writes',
  share: 'shares',
  delete: 'deletes',
};

/** "reads, writes and shares · 2 documents · used today · ends 3 March". Pure. */
export function aboutToken(token: ApiToken, now: Date): string {
  const verbs = ['reads', ...token.scopes.flatMap((scope) => does[scope] ?? [])];
  const last = verbs.pop();
  const scope = token.scope === 'read' ? 'only reads' : `${verbs.join(', ')} and ${last}`;
  const where = token.documents.length > 0 ? ` · ${count(token.documents.length, 'document')} only` : '';
  const used =
    token.last_used_at === null ? 'never used' : `used ${ago(new Date(token.last_used_at), now).toLowerCase()}`;
  return `${scope}${where} · ${used} · ends ${dayMonth(new Date(token.expires_at), now)}`;
}

/** "The link for editors to “Plan”", "The invitation of x@example.org to “Plan”". Pure. */
export function madeWords({ kind, role, email, document }: MadeWithToken): string {
  const what = kind === 'link' ? `The link for ${roleNames[role].toLowerCase()}s` : `The invitation of ${email}`;
  return `${what} to “${document.title || untitled}”`;
}
