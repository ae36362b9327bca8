import { roleNames } from '../words';
import type { AuditEntry } from './calls';

/** One entry of the audit log as a sentence. Pure. An action that has no words yet is shown by its name. */
export function auditWords(entry: AuditEntry): string {
  const who = entry.actor?.name ?? 'The command line';
  const words = sentences[entry.action];
  return words ? `${who} ${words(entry)}` : `${who}: ${entry.action}${entry.subject ? ` ${entry.subject}` : ''}`;
}

type Words = (entry: AuditEntry) => string;

const whom: Words = (entry) => entry.person?.name ?? entry.subject ?? 'somebody';
const roleOf = (entry: AuditEntry) => {
  const role = entry.detail?.role;
  if (typeof role !== 'string') return null;
  return role in roleNames ? roleNames[role as keyof typeof roleNames].toLowerCase() : role;
};
const withRole = (entry: AuditEntry) => (roleOf(entry) ? ` as ${roleOf(entry)}` : '');

const sentences: Partial<Record<string, Words>> = {
  'grant.set': (e) => `made ${whom(e)} ${roleOf(e) ?? 'a member'}`,
  'grant.remove': (e) => `took away the role of ${whom(e)}`,
  'link.create': (e) => `made a link${roleOf(e) ? ` for ${roleOf(e)}s` : ''}`,
  'link.change': () => 'changed when a link ends',
  'link.claim': (e) => `came in by a link${withRole(e)}`,
  'link.withdraw': () => 'withdrew a link',
  'invitation.create': (e) => `invited ${whom(e)}${withRole(e)}`,
  'invitation.resend': (e) => `invited ${whom(e)} again`,
  'invitation.claim': (e) => `took up an invitation${withRole(e)}`,
  'invitation.decline': () => 'declined an invitation',
  'invitation.withdraw': (e) => `withdrew the invitation of ${whom(e)}`,
  'group.create': () => 'made a group',
  'group.rename': () => 'renamed a group',
  'group.delete': () => 'deleted a group',
  'group.add': (e) => `put ${whom(e)} into a group`,
  'group.remove': (e) => `took ${whom(e)} out of a group`,
  'group.grant': (e) => `gave a group a role${withRole(e)}`,
  'group.ungrant': () => 'took a group’s role away',
  'reach.set': (e) =>
    roleOf(e) === 'none' || roleOf(e) === null
      ? 'closed a document to everybody who was not invited'
      : `opened a document to everybody with an account${withRole(e)}`,
  'document.transfer': (e) => `handed a document over to ${whom(e)}`,
  'document.trash': () => 'moved a document to the trash',
  'document.restore': () => 'took a document out of the trash',
  'document.delete': () => 'deleted a document for good',
  'request.create': (e) => `asked for access${withRole(e)}`,
  'request.grant': (e) => `granted ${whom(e)} access${withRole(e)}`,
  'request.decline': (e) => `declined the request of ${whom(e)}`,
  'user.create': (e) =>
    e.actor && e.person && e.actor.id === e.person.id ? 'made an account' : `made an account for ${whom(e)}`,
  'user.change': (e) => `changed the account of ${whom(e)}`,
  'user.delete': (e) => `deleted the account of ${whom(e)}`,
  'user.password': (e) =>
    e.actor && e.person && e.actor.id === e.person.id ? 'changed their password' : `set the password of ${whom(e)}`,
  'user.email': () => 'changed their address',
  'signin.create': () => 'signed in',
  'signin.end': (e) =>
    e.person && e.actor?.id !== e.person.id ? `ended a sign-in of ${e.person.name}` : 'ended a sign-in',
  'token.create': () => 'made a token for a program',
  'token.end': () => 'ended a token for a program',
  'settings.change': () => 'changed the settings',
};

/** The filters of the log: a prefix of actions each. */
export const auditKinds = [
  { value: '', label: 'Everything' },
  { value: 'grant.', label: 'Roles' },
  { value: 'link.', label: 'Links' },
  { value: 'invitation.', label: 'Invitations' },
  { value: 'group.', label: 'Groups' },
  { value: 'document.', label: 'Documents' },
  { value: 'user.', label: 'Accounts' },
  { value: 'signin.', label: 'Sign-ins' },
  { value: 'token.', label: 'Tokens' },
  { value: 'settings.', label: 'Settings' },
] as const;
