import type { ApiToken, Shared } from '../account/calls';
import { call, type Page, type Person, piece, type SignIn, type User } from '../api';

/** REST of administration, one function per call. Never a document's content. */

export interface PersonListed extends Person {
  email?: string;
  admin: boolean;
  verified: boolean;
  known: boolean;
  /** Null: they may sign in. */
  suspended_at: string | null;
  application: boolean;
  /** How many they own, and the bytes of those. */
  documents: number;
  bytes: number;
  /** Null: the installation's. 0: no bound. */
  quota: number | null;
  created_at: string;
  last_seen_at: string | null;
}

export interface DocumentListed {
  id: string;
  title: string;
  owner: Person;
  revision: number;
  bytes: number;
  member_count: number;
  created_at: string;
  updated_at: string;
  trashed_at: string | null;
}

export interface StorageUse {
  accounts: number;
  guests: number;
  documents: number;
  trashed: number;
  ops: number;
  bytes: number;
  /** Bytes that the database takes. */
  database: number;
  /** Null: the database is elsewhere. */
  disk: { total: number; free: number } | null;
}

interface Setting<T> {
  value: T;
  /** Where it was set: in the environment it cannot be changed here. */
  from: 'default' | 'environment' | 'page';
}

export interface Settings {
  signup: Setting<'open' | 'invite' | 'closed'>;
  quota_user: Setting<number>;
  people_list: Setting<boolean>;
  /** Only shown: both are set where the server is started. */
  mail: { on: boolean; from: string };
  version: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: Person | null;
  action: string;
  document?: string;
  /** Of the document and the group it was about, as they are called now; neither if they are gone. */
  title?: string;
  group?: string;
  /** Whom or what it was about; `person` if that is somebody. */
  subject?: string;
  person: Person | null;
  detail?: Record<string, unknown>;
  address?: string;
}

function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}

export const admin = {
  people: (q: string, cursor: string | null) =>
    call<Page<PersonListed>>('GET', `/admin/people${query({ q, cursor, limit: 50 })}`),
  addPerson: (name: string, email: string) =>
    call<{ user: User; url: string; mailed: boolean }>('POST', '/admin/people', { name, email }),
  changePerson: (id: string, change: { admin?: boolean; known?: boolean; suspended?: boolean; quota?: number }) =>
    call<PersonListed>('PATCH', `/admin/people/${piece(id)}`, change),
  resetPassword: (id: string) => call<{ url: string }>('POST', `/admin/people/${piece(id)}/password-reset`),
  deletePerson: (id: string, shared: Shared) =>
    call<{ deleted: number; transferred: number }>('DELETE', `/admin/people/${piece(id)}${query({ shared })}`),
  signIns: (id: string) => call<{ items: SignIn[]; tokens: ApiToken[] }>('GET', `/admin/people/${piece(id)}/sign-ins`),
  endSignIn: (id: string, signIn: string) =>
    call<void>('DELETE', `/admin/people/${piece(id)}/sign-ins/${piece(signIn)}`),
  endSignIns: (id: string) => call<void>('DELETE', `/admin/people/${piece(id)}/sign-ins`),

  documents: (q: string, cursor: string | null) =>
    call<Page<DocumentListed>>('GET', `/admin/documents${query({ q, cursor, limit: 50 })}`),

  transferDocument: (id: string, to: string) => call<void>('POST', `/admin/documents/${piece(id)}/transfer`, { to }),

  storage: () => call<StorageUse>('GET', '/admin/storage'),
  settings: () => call<Settings>('GET', '/admin/settings'),
  changeSettings: (change: { signup?: string; quota_user?: number; people_list?: boolean }) =>
    call<Settings>('PATCH', '/admin/settings', change),

  audit: (action: string, before: number | null) =>
    call<{ items: AuditEntry[]; next_before: number | null }>(
      'GET',
      `/admin/audit${query({ action, before, limit: 50 })}`,
    ),
};
