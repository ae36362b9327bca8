import type { Schemas } from '@quire/client';
import type { Person } from '../api';
import { call } from '../call';

/** REST of one's own account, one function per call. */

export type ApiToken = Schemas['APIToken'];
export type MadeWithToken = Schemas['MadeWithToken'];

/** What becomes of documents that others have a role on. */
export type Shared = Schemas['DeleteMeInBody']['shared'];

export const account = {
  requestReset: (email: string) => call('POST', '/auth/reset-request', { body: { email } }),
  previewReset: (code: string) => call('POST', '/auth/reset-preview', { body: { code } }),
  reset: (code: string, password: string) => call('POST', '/auth/reset', { body: { code, password } }),
  verify: (code: string) => call('POST', '/auth/verify', { body: { code } }),
  sendVerification: () => call('POST', '/me/verification'),
  changeEmail: (email: string, password: string) =>
    call('POST', '/me/email', { body: { email, ...(password ? { password } : {}) } }),

  prove: (password: string) => call('POST', '/me/proof', { body: { password } }),

  tokens: () => call('GET', '/me/tokens'),
  /** Without documents it reaches all of mine. */
  makeToken: (name: string, scopes: ApiToken['scopes'], documents: string[], days: number) =>
    call('POST', '/me/tokens', {
      body: { name, scopes, expires_in_days: days, ...(documents.length > 0 ? { documents } : {}) },
    }),
  madeWith: (token: string) => call('GET', '/me/tokens/{id}/made', { path: { id: token } }),
  endToken: (token: string, made: 'keep' | 'withdraw') =>
    call('DELETE', '/me/tokens/{id}', { path: { id: token }, query: { made } }),

  setPicture: (picture: Blob) => call('PUT', '/me/picture', { body: picture }),
  removePicture: () => call('DELETE', '/me/picture'),
  remove: (form: Schemas['DeleteMeInBody']) => call('POST', '/me/delete', { body: form }),
};

export const exportAddress = '/api/v1/me/export';

/** Where a person's picture is; the path holds its version, so the browser asks again only when it changed. */
export function pictureOf(person: Pick<Person, 'picture'>): string | null {
  return person.picture ?? null;
}
