import type { Schemas } from '@quire/client';
import type { Shared } from '../account/calls';
import { call } from '../call';

/** REST of administration, one function per call. Never a document's content. */

export type PersonListed = Schemas['PersonListed'];
export type DocumentListed = Schemas['DocumentListed'];
export type Settings = Schemas['RunningSettings'];
export type AuditEntry = Schemas['AuditEntry'];

const limit = 50;
const of = (id: string) => ({ path: { id } });

export const admin = {
  people: (q: string, cursor: string | null) =>
    call('GET', '/admin/people', { query: { q: q || null, cursor: cursor || null, limit } }),
  addPerson: (name: string, email: string) => call('POST', '/admin/people', { body: { name, email } }),
  changePerson: (id: string, change: Schemas['ChangePersonInBody']) =>
    call('PATCH', '/admin/people/{id}', { ...of(id), body: change }),
  resetPassword: (id: string) => call('POST', '/admin/people/{id}/password-reset', of(id)),
  deletePerson: (id: string, shared: Shared) => call('DELETE', '/admin/people/{id}', { ...of(id), query: { shared } }),
  signIns: (id: string) => call('GET', '/admin/people/{id}/sign-ins', of(id)),
  endSignIn: (id: string, signIn: string) =>
    call('DELETE', '/admin/people/{id}/sign-ins/{signin}', { path: { id, signin: signIn } }),
  endSignIns: (id: string) => call('DELETE', '/admin/people/{id}/sign-ins', of(id)),

  documents: (q: string, cursor: string | null) =>
    call('GET', '/admin/documents', { query: { q: q || null, cursor: cursor || null, limit } }),
  transferDocument: (id: string, to: string) =>
    call('POST', '/admin/documents/{id}/transfer', { ...of(id), body: { to } }),

  storage: () => call('GET', '/admin/storage'),
  settings: () => call('GET', '/admin/settings'),
  changeSettings: (change: Schemas['ChangeSettingsInBody']) => call('PATCH', '/admin/settings', { body: change }),

  audit: (action: string, before: number | null) =>
    call('GET', '/admin/audit', { query: { action: action || null, before, limit } }),
};
