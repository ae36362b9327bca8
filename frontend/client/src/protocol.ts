import type { ServerLimits } from './client-types.ts';
import type { Op } from './delta.ts';
import { formatsTable } from './formats-table.ts';
import type { Person, Role } from './types.ts';

/** The frames of the socket: ShareDB's protocol 1.2 with Quire's additions, as collab/wire speaks it. */

const collection = 'documents';
const typeUri = 'http://sharejs.org/types/rich-text/v1';

/** Who did something, as the server's notices name people. */
export interface By {
  readonly id: string;
  readonly name: string;
}

/** A person as frames name them: `guest` is there only if true, `picture` only if there is one. */
export type WirePerson = Omit<Person, 'guest'> & { readonly guest?: true };

export function personOf(person: WirePerson): Person {
  return { ...person, guest: person.guest === true };
}

export interface FrameError {
  readonly code?: string | number;
  readonly message?: string;
}

export interface Hello {
  readonly a: 'hs';
  readonly id: string;
  readonly protocol: number;
  readonly epoch?: string;
  readonly quire?: number;
  readonly build?: string;
  /** The version of the server's table of formats; 0: it takes any. */
  readonly formats?: number;
  readonly user?: WirePerson;
  readonly limits?: ServerLimits;
  readonly error?: FrameError;
}

/** A committed op, or the acknowledgement of our own (without a body), or our own op sent back with an error. */
export interface OpFrame {
  readonly a: 'op';
  readonly d: string;
  readonly v: number;
  readonly src: string;
  readonly seq: number;
  readonly op?: Op[] | { ops: Op[] };
  readonly create?: { readonly type: string; readonly data?: Op[] | { ops: Op[] } };
  readonly del?: true;
  readonly error?: FrameError;
}

export interface Snapshot {
  readonly v: number;
  readonly type: string | null;
  readonly data?: Op[] | { ops: Op[] };
}

export interface Reply {
  readonly a: 'f' | 's' | 'u';
  readonly d: string;
  readonly data?: Snapshot;
  readonly error?: FrameError;
}

export interface PresenceFrame {
  readonly a: 'p';
  readonly ch: string;
  readonly src?: string;
  readonly id: string;
  readonly p: { readonly index?: number; readonly length?: number; readonly user?: WirePerson } | null;
  readonly pv: number;
  readonly v?: number | null;
  readonly error?: FrameError;
}

export interface DocFrame {
  readonly a: 'doc';
  readonly d: string;
  readonly title?: string;
  readonly role?: Role;
  readonly trashed?: boolean;
  readonly by?: By;
  readonly at?: number;
  readonly reason?: string;
}

export type Incoming =
  | Hello
  | OpFrame
  | Reply
  | PresenceFrame
  | DocFrame
  | { readonly a: 'pr'; readonly ch?: string }
  | { readonly a: 'ps' | 'pu'; readonly ch?: string }
  | { readonly a: 'members'; readonly d: string }
  | { readonly a: 'bye'; readonly reason?: string }
  | { readonly a: 'pp' };

/** Every `a` of `Incoming`; the compiler checks that none is missing. */
export const known: Readonly<Record<Incoming['a'], true>> = {
  hs: true,
  op: true,
  f: true,
  s: true,
  u: true,
  p: true,
  doc: true,
  pr: true,
  ps: true,
  pu: true,
  members: true,
  bye: true,
  pp: true,
};

/** Parses a frame. Returns null for anything this client does not know, which callers ignore. */
export function parse(text: unknown): Incoming | null {
  if (typeof text !== 'string') return null;
  try {
    const frame = JSON.parse(text);
    return typeof frame?.a === 'string' && Object.hasOwn(known, frame.a) ? frame : null;
  } catch {
    return null;
  }
}

/** Returns the document a frame belongs to, or null if it concerns the connection as a whole. */
export function documentOf(frame: Incoming): string | null {
  if ('d' in frame) return frame.d;
  const channel = 'ch' in frame ? frame.ch : undefined;
  return channel?.startsWith(`${collection}.`) ? channel.slice(collection.length + 1) : null;
}

/** `id` is the client id that the server issued to this page, null on its first connection. `formats` is the version of our table. */
export function helloFrame(id: string | null): string {
  return JSON.stringify({ a: 'hs', id, protocol: 1, protocolMinor: 2, quire: 1, formats: formatsTable.version });
}

/** Requests everything from revision `v` on, or the whole text if `v` is null. */
export function requestFrame(a: 'f' | 's' | 'u', d: string, v: number | null): string {
  return JSON.stringify({ a, c: collection, d, v: v ?? undefined });
}

/** src and seq come before the op, so that the server can refuse by name a frame that is too large to read (W4). */
export function opFrame(d: string, v: number, src: string, seq: number, op: Op[]): string {
  return JSON.stringify({ a: 'op', c: collection, d, v, src, seq, op });
}

export function presenceFrame(d: string, id: string, pv: number, v: number, p: object | null): string {
  return JSON.stringify({ a: 'p', ch: `${collection}.${d}`, id, p, pv, c: collection, d, v, t: typeUri });
}

export function presenceRequestFrame(a: 'ps' | 'pu', d: string, seq: number): string {
  return JSON.stringify({ a, ch: `${collection}.${d}`, seq });
}

export const pingFrame = '{"a":"pp"}';

/** Returns the ops of a body, which is an array, or an object with one in snapshots and from stock clients. */
export function opsOf(body: Op[] | { ops: Op[] } | undefined): Op[] {
  return Array.isArray(body) ? body : (body?.ops ?? []);
}

/** The error code that says our revision is beyond the server's head: it was restored from a backup (L9). */
export const newerThanHead = 'ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT';
