import type { Schemas } from '@quire/client';
import { call } from './call';

/** REST as most screens use it, one function per call; share, groups, account and admin have their own `calls.ts`. Shapes are
 * openapi.json's, under the app's names. Times are RFC 3339. */

export type Person = Schemas['Person'];
export type User = Schemas['User'];
export type Me = Schemas['Me'];
export type DocumentInfo = Schemas['Document'];
export type DocumentPage = Schemas['DocumentPage'];
export type SignIn = Schemas['SignIn'];
export type ServerInfo = Schemas['Server'];
export type LinkPreview = Schemas['LinkPreview'];
export type InvitationPreview = Schemas['InvitationPreview'];
export type ConfirmPreview = Schemas['ConfirmPreview'];

export type Role = DocumentInfo['role'];
/** A role that can be given to those who are not asked first: never owner. */
export type GivenRole = Exclude<Role, 'owner'>;
/** Which documents a list shows. */
export type Scope = 'all' | 'mine' | 'shared' | 'trash';

const of = (id: string) => ({ path: { id } });

export const api = {
  server: () => call('GET', '/server'),
  me: () => call('GET', '/me'),
  /** The account, signed in; or a letter is on its way, and the account is made when it was answered. */
  signUp: (form: Schemas['SignUpInBody']) => call('POST', '/auth/signup', { body: form }),
  previewConfirm: (code: string) => call('POST', '/auth/confirm-preview', { body: { code } }),
  confirm: (form: Schemas['ConfirmInBody']) => call('POST', '/auth/confirm', { body: form }),
  signIn: (form: Schemas['SignInInBody']) => call('POST', '/auth/signin', { body: form }),
  updateMe: (change: Schemas['ChangeMeInBody']) => call('PATCH', '/me', { body: change }),
  changePassword: (form: Schemas['PasswordInBody']) => call('POST', '/me/password', { body: form }),
  signIns: () => call('GET', '/me/sign-ins'),
  endSignIn: (signIn: string) => call('DELETE', '/me/sign-ins/{id}', of(signIn)),

  documents: (scope: Scope, title: string, cursor: string | null) =>
    call('GET', '/documents', { query: { scope, limit: 50, title: title || null, cursor: cursor || null } }),
  document: (doc: string) => call('GET', '/documents/{id}', of(doc)),
  createDocument: (title: string) => call('POST', '/documents', { body: { title } }),
  renameDocument: (doc: string, title: string) => call('PATCH', '/documents/{id}', { ...of(doc), body: { title } }),
  trashDocument: (doc: string) => call('DELETE', '/documents/{id}', of(doc)),
  restoreDocument: (doc: string) => call('POST', '/documents/{id}/restore', of(doc)),
  deleteDocument: (doc: string) => call('DELETE', '/documents/{id}', { ...of(doc), query: { permanently: true } }),

  previewLink: (token: string) => call('POST', '/links/preview', { body: { token } }),
  claimLink: (form: Schemas['ClaimInBody']) => call('POST', '/links/claim', { body: form }),
  previewInvitation: (token: string) => call('POST', '/invitations/preview', { body: { token } }),
  claimInvitation: (token: string) => call('POST', '/invitations/claim', { body: { token } }),
};
