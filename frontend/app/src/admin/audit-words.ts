import { roleNames, untitled } from '../words';
import type { AuditEntry } from './calls';

/** One entry of the audit log as a sentence: who did what to whom, and where. Pure. An action that has no words yet is
 * shown by its name. */
export function auditWords(entry: AuditEntry): string {
  const alone = unattended[entry.action]?.(entry);
  if (alone && entry.actor === null) return alone;
  const who = entry.actor?.name ?? 'The command line';
  const words = sentences[entry.action];
  return words ? `${who} ${words(entry)}` : `${who}: ${entry.action}${entry.subject ? ` ${entry.subject}` : ''}`;
}

/** What nobody who is signed in did. */
const unattended: Partial<Record<string, (entry: AuditEntry) => string | null>> = {
  'document.delete': (e) => (e.detail?.trash ? `The trash was emptied of ${it(e)}: its time there was over` : null),
  'signin.fail': failed,
};

function failed(entry: AuditEntry): string {
  const { way, why, unwritten } = entry.detail ?? {};
  const by = way === 'oidc' ? ' through the sign-in provider' : '';
  const as = entry.person || entry.subject ? ` as ${whom(entry)}` : by ? '' : ' with an e-mail that has no account';
  const because = why === 'suspended' ? ': the account is suspended' : '';
  return `Somebody could not sign in${as}${by}${because}${typeof unwritten === 'number' ? `, and ${unwritten} more before` : ''}`;
}

type Words = (entry: AuditEntry) => string;

const whom: Words = (entry) => entry.person?.name ?? entry.subject ?? 'somebody';
const own = (entry: AuditEntry) => entry.actor !== null && entry.person !== null && entry.actor.id === entry.person.id;
const roleNamed = (role: unknown) => {
  if (typeof role !== 'string' || role === '') return null;
  return role in roleNames ? roleNames[role as keyof typeof roleNames].toLowerCase() : role;
};
const roleOf = (entry: AuditEntry) => roleNamed(entry.detail?.role);
const withRole = (entry: AuditEntry) => (roleOf(entry) ? ` as ${roleOf(entry)}` : '');
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** The document by its title; one that is gone for good has none any more. */
const it: Words = (entry) => {
  if (entry.title === undefined) return entry.document ? `the document ${entry.document}` : 'a document';
  return `“${entry.title || untitled}”`;
};
const group: Words = (entry) => {
  const name = entry.group ?? text(entry.detail?.name);
  return name ? `the group “${name}”` : 'a group';
};
const link: Words = (entry) => (roleOf(entry) ? `the link for ${roleOf(entry)}s` : 'a link');
/** Older entries name its id only. */
const invitation: Words = (entry) =>
  entry.person || entry.subject?.includes('@') ? `the invitation of ${whom(entry)}` : 'an invitation';

function changed(entry: AuditEntry): string {
  const detail = entry.detail ?? {};
  if (typeof detail.admin === 'boolean')
    return detail.admin ? `made ${whom(entry)} an administrator` : `took administration away from ${whom(entry)}`;
  if (typeof detail.known === 'boolean')
    return detail.known ? `vouched for ${whom(entry)}` : `no longer vouches for ${whom(entry)}`;
  if (typeof detail.suspended === 'boolean')
    return detail.suspended ? `suspended ${whom(entry)}` : `let ${whom(entry)} sign in again`;
  if (typeof detail.quota === 'number') return `changed the space of ${whom(entry)}`;
  return `changed the account of ${whom(entry)}`;
}

function given(entry: AuditEntry): string {
  const by = entry.detail?.via === 'link' ? ' by a link' : '';
  if (own(entry)) return `came into ${it(entry)}${by}${withRole(entry)}`;
  const was = roleNamed(entry.detail?.was);
  return `made ${whom(entry)} ${roleOf(entry) ?? 'a member'} of ${it(entry)}${was ? `, before ${was}` : ''}`;
}

const sentences: Partial<Record<string, Words>> = {
  'grant.set': given,
  'grant.remove': (e) => {
    if (own(e)) return `left ${it(e)}`;
    return `removed ${whom(e)} from ${it(e)}${e.detail?.via === 'link' ? ' with the link' : ''}`;
  },
  'link.create': (e) => `made ${roleOf(e) ? `a link for ${roleOf(e)}s` : 'a link'} to ${it(e)}`,
  'link.change': (e) => `changed when a link to ${it(e)} ends`,
  'link.withdraw': (e) => `withdrew ${link(e)} to ${it(e)}`,
  'link.restore': (e) => `brought ${link(e)} to ${it(e)} back`,
  'invitation.create': (e) =>
    e.person || e.subject?.includes('@')
      ? `invited ${whom(e)} to ${it(e)}${withRole(e)}`
      : `sent an invitation to ${it(e)} again${withRole(e)}`,
  'invitation.claim': (e) => `took up an invitation to ${it(e)}${withRole(e)}`,
  'invitation.withdraw': (e) =>
    e.detail?.declined ? `declined an invitation to ${it(e)}` : `withdrew ${invitation(e)} to ${it(e)}`,
  'group.create': (e) => `made ${group(e)}`,
  'group.rename': (e) =>
    text(e.detail?.was) ? `renamed the group “${text(e.detail?.was)}” to “${text(e.detail?.name)}”` : 'renamed a group',
  'group.delete': (e) => `deleted ${group(e)}`,
  'group.member': (e) => `put ${whom(e)} into ${group(e)}${e.detail?.manager ? ' as a manager' : ''}`,
  'group.offer': (e) => `offered ${whom(e)} a place in ${group(e)}`,
  'group.take': (e) => `took a place in ${group(e)}`,
  'group.remove': (e) => (own(e) ? `left ${group(e)}` : `took ${whom(e)} out of ${group(e)}`),
  'group.grant': (e) => `let ${group(e)} into ${it(e)}${withRole(e)}`,
  'group.withdraw': (e) => {
    if (e.document) return `took the role on ${it(e)} away from ${group(e)}`;
    return e.detail?.declined ? `declined a place in ${group(e)}` : `withdrew the place of ${whom(e)} in ${group(e)}`;
  },
  'reach.set': (e) =>
    roleOf(e) === 'none' || roleOf(e) === null
      ? `closed ${it(e)} to everybody who was not invited`
      : `opened ${it(e)} to everybody with an account${withRole(e)}`,
  'transfer.offer': (e) => `offered ${it(e)} to ${whom(e)}`,
  'transfer.withdraw': (e) =>
    e.detail?.declined ? `declined to become the owner of ${it(e)}` : `withdrew the offer of ${it(e)} to ${whom(e)}`,
  'document.transfer': (e) =>
    e.detail?.because === 'accepted' ? `became the owner of ${it(e)}` : `handed ${it(e)} over to ${whom(e)}`,
  'document.delete': (e) => `deleted ${it(e)} for good`,
  'document.trash': (e) => `put ${it(e)} into the trash`,
  'document.restore': (e) => `took ${it(e)} out of the trash`,
  'request.grant': (e) => {
    const was = roleNamed(e.detail?.was);
    return `granted ${whom(e)} access to ${it(e)}${withRole(e)}${was ? `, before ${was}` : ''}`;
  },
  'request.missed': (e) => `asked for access to what is not there or they have: ${e.document ?? 'no id'}`,
  'request.decline': (e) => `declined the request of ${whom(e)} for ${it(e)}`,
  'user.create': (e) => (own(e) ? 'made an account' : `made an account for ${whom(e)}`),
  'user.change': changed,
  'user.delete': (e) => (own(e) ? 'deleted their account' : `deleted the account of ${whom(e)}`),
  'user.password': (e) => {
    if (e.detail?.removed)
      return `made a one-time address for ${whom(e)}, and ended their password and all their sign-ins`;
    return own(e) ? 'changed their password' : `changed the password of ${whom(e)}`;
  },
  'user.email': (e) => (own(e) ? 'changed their e-mail' : `changed the e-mail of ${whom(e)}`),
  'signin.create': () => 'signed in',
  'signin.fail': () => 'could not sign in',
  'signin.end': (e) => {
    if (e.detail?.all) return own(e) ? 'ended all their sign-ins' : `ended all sign-ins of ${whom(e)}`;
    if (e.detail?.out) return 'signed out';
    return own(e) ? 'ended a sign-in of theirs' : `ended a sign-in of ${whom(e)}`;
  },
  'token.create': (e) =>
    text(e.detail?.name) ? `made the token “${text(e.detail?.name)}” for a program` : 'made a token for a program',
  'token.end': (e) => (own(e) ? 'ended a token for a program' : `ended a token of ${whom(e)}`),
  'export.begin': () => 'took an archive of all that is kept about them',
  'settings.change': (e) => `changed the setting ${settings[e.subject ?? ''] ?? e.subject ?? ''}`.trim(),
};

const settings: Partial<Record<string, string>> = {
  signup: 'of who may make an account',
  quota_user: 'of each person’s space',
  people_list: 'of choosing people by name',
};

/** The filters of the log: a prefix of actions each. */
export const auditKinds = [
  { value: '', label: 'Everything' },
  { value: 'grant.', label: 'Roles' },
  { value: 'link.', label: 'Links' },
  { value: 'invitation.', label: 'Invitations' },
  { value: 'group.', label: 'Groups' },
  { value: 'reach.', label: 'Opened to everybody' },
  { value: 'request.', label: 'Requests' },
  { value: 'document.', label: 'Documents' },
  { value: 'transfer.', label: 'Offers of documents' },
  { value: 'user.', label: 'Accounts' },
  { value: 'signin.', label: 'Sign-ins' },
  { value: 'token.', label: 'Tokens' },
  { value: 'export.', label: 'Archives' },
  { value: 'settings.', label: 'Settings' },
] as const;
