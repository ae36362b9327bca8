import { call, piece, type User } from '../api';

/** REST of one's own account, one function per call. */

export interface ApiToken {
  id: string;
  name: string;
  scope: 'read' | 'write';
  created_at: string;
  last_used_at: string | null;
  expires_at: string;
}

/** What becomes of documents that others have a role on. */
export type Shared = 'transfer' | 'delete';

export const account = {
  requestReset: (email: string) => call<void>('POST', '/auth/reset-request', { email }),
  previewReset: (code: string) => call<{ name: string; welcome: boolean }>('POST', '/auth/reset-preview', { code }),
  reset: (code: string, password: string) => call<User>('POST', '/auth/reset', { code, password }),
  verify: (code: string) => call<User>('POST', '/auth/verify', { code }),
  sendVerification: () => call<{ mailed: boolean }>('POST', '/me/verification'),
  changeEmail: (email: string, password: string) =>
    call<{ changed: boolean; mailed: boolean }>('POST', '/me/email', { email, ...(password ? { password } : {}) }),

  tokens: () => call<{ items: ApiToken[] }>('GET', '/me/tokens'),
  makeToken: (name: string, scope: ApiToken['scope'], days: number) =>
    call<ApiToken & { token: string }>('POST', '/me/tokens', { name, scope, expires_in_days: days }),
  endToken: (token: string) => call<void>('DELETE', `/me/tokens/${piece(token)}`),

  setPicture: (picture: Blob) => call<User>('PUT', '/me/picture', picture),
  removePicture: () => call<void>('DELETE', '/me/picture'),
  remove: (form: { password?: string; confirm?: string; shared: Shared }) =>
    call<{ deleted: number; transferred: number }>('POST', '/me/delete', form),
};

export const exportAddress = '/api/v1/me/export';

/** Where a person's picture is; the path holds its version, so the browser asks again only when it changed. */
export function pictureOf(person: { picture?: string }): string | null {
  return person.picture ?? null;
}
