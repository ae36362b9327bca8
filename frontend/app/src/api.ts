/** REST as the app uses it: one function per call, problems as one error type. Times are RFC 3339. */

export type Role = 'viewer' | 'commenter' | 'editor' | 'owner';
export type Scope = 'all' | 'mine' | 'shared' | 'trash';

export interface Person {
  id: string;
  name: string;
  color: number;
  guest: boolean;
  /** The path of their picture, if they have one. */
  picture?: string;
  /** Not a person but an application that owns a document. */
  application?: boolean;
}

export interface User extends Person {
  email?: string;
  admin: boolean;
  /** The e-mail was shown to be theirs. */
  verified: boolean;
  /** Verified, or an administrator vouches for them: what waits for the address finds them. */
  known: boolean;
}

export interface Me extends User {
  sign_in: string;
  /** False for who signs in elsewhere only. */
  has_password: boolean;
}

export interface DocumentInfo {
  id: string;
  title: string;
  role: Role;
  owner: Person;
  revision: number;
  created_at: string;
  updated_at: string;
  updated_by: Person | null;
  preview: string;
  trashed_at: string | null;
  trashed_by: Person | null;
  deleted_after: string | null;
  members: Person[];
  member_count: number;
  present: Person[];
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A role that can be given to those who are not asked first: never owner. */
export type GivenRole = Exclude<Role, 'owner'>;

export interface SignIn {
  id: string;
  created_at: string;
  last_seen_at: string;
  address: string;
  user_agent: string;
  current: boolean;
}

export interface ServerInfo {
  signup: 'open' | 'invite' | 'closed';
  setup_required: boolean;
  setup_code_required: boolean;
  build: string;
  public_url: string;
  /** Whether letters can be sent. */
  mail: boolean;
  /** Where else one can sign in. */
  oidc: { name: string } | null;
}

export interface LinkPreview {
  document: { id: string; title: string };
  role: Role;
  inviter: { name: string };
}

export interface InvitationPreview extends LinkPreview {
  /** Whom it was sent to, most of it hidden. */
  email_hint: string;
  expires_at: string;
}

export interface AccessGiven {
  document_id: string;
  role: Role;
}

export interface NewAccount {
  email: string;
  /** Where a letter is sent first, its reader chooses both. */
  name?: string;
  password?: string;
  setup_code?: string;
  /** From the letter of an invitation to this e-mail. */
  invitation?: string;
  /** Where to go on when the letter was answered. */
  return?: string;
}

/** What a letter makes an account of. */
export interface ConfirmPreview {
  email: string;
  name: string;
  /** Who asked for it, as a guest in another browser. */
  guest: { name: string } | null;
}

export interface Confirmation {
  code: string;
  name: string;
  password: string;
  /** That guest becomes the account. */
  as_guest?: boolean;
}

/** A field the server found wanting; `field` is its JSON name where the server gave one. */
export interface FieldProblem {
  field: string;
  detail: string;
}

/** What can be said of a problem beside its kind. */
interface ProblemDetails {
  title?: string;
  detail?: string;
  fields?: readonly FieldProblem[];
  /** Seconds until another try makes sense, where the server said so. */
  retryAfter?: number | null;
  /** Of something that is over: since when. */
  endedAt?: Date | null;
}

/** No answer at all (offline, or the server is away), or one that is not Quire's: a proxy's page. */
export type NoAnswer = 'unreachable' | 'foreign';

/** Why a call gave no answer worth having. Its kind is what the server calls it; what a status means depends on who
 * answers, so nothing here tells it. A kind that a page does not know is shown in the server's own words. */
export class Problem extends Error {
  readonly title: string;
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  readonly retryAfter: number | null;
  readonly endedAt: Date | null;

  constructor(
    readonly kind: NoAnswer | (string & {}),
    details: ProblemDetails = {},
  ) {
    super(details.detail || details.title || kind);
    this.title = details.title ?? '';
    this.detail = details.detail ?? '';
    this.fields = details.fields ?? [];
    this.retryAfter = details.retryAfter ?? null;
    this.endedAt = details.endedAt ?? null;
  }

  /** Not a refusal: the same call may well work a moment later. */
  get passing(): boolean {
    return ['unreachable', 'foreign', 'internal', 'unavailable', 'timeout'].includes(this.kind);
  }
}

/** Whether something failed with one of these kinds of problem. */
export function isProblem(error: unknown, ...kinds: string[]): error is Problem {
  return error instanceof Problem && kinds.includes(error.kind);
}

const base = '/api/v1';

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const file = body instanceof Blob;
  const response = await fetch(base + path, {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': file ? body.type : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: file ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new Problem('unreachable', { detail: 'The server can’t be reached.' });
  });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text(); // of 202 and 204 there is none
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const problemType = /^urn:quire:problem:(.+)$/;

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as {
    type?: unknown;
    title?: unknown;
    detail?: unknown;
    errors?: unknown;
    ended_at?: unknown;
  } | null;
  const kind = typeof body?.type === 'string' ? problemType.exec(body.type)?.[1] : undefined;
  if (!body || !kind) return new Problem('foreign', { detail: foreign(response.status) });
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new Problem(kind, {
    title: typeof body.title === 'string' ? body.title : '',
    detail: typeof body.detail === 'string' ? body.detail : '',
    fields: Array.isArray(body.errors) ? body.errors.flatMap(fieldOf) : [],
    retryAfter: Number.isFinite(after) ? after : null,
    endedAt: typeof body.ended_at === 'string' ? new Date(body.ended_at) : null,
  });
}

function foreign(status: number): string {
  return `Something between this page and Quire answered in its place (${status}). Try again in a moment.`;
}

function fieldOf(entry: unknown): FieldProblem[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { field, pointer, location, detail, message } = entry as Record<string, unknown>;
  const where = [field, pointer, location].find((value) => typeof value === 'string') as string | undefined;
  const what = [detail, message].find((value) => typeof value === 'string') as string | undefined;
  return what === undefined ? [] : [{ field: (where ?? '').replace(/^.*[./]/, ''), detail: what }];
}

/** A piece of a path. */
export const piece = encodeURIComponent;
const id = piece;

export const api = {
  server: () => call<ServerInfo>('GET', '/server'),
  me: () => call<Me>('GET', '/me'),
  /** The account, signed in; or a letter is on its way, and the account is made when it was answered. */
  signUp: (form: NewAccount) => call<User | { mailed: true }>('POST', '/auth/signup', form),
  previewConfirm: (code: string) => call<ConfirmPreview>('POST', '/auth/confirm-preview', { code }),
  confirm: (form: Confirmation) => call<User>('POST', '/auth/confirm', form),
  signIn: (form: { email: string; password: string }) => call<User>('POST', '/auth/signin', form),
  updateMe: (change: { name?: string; color?: number }) => call<User>('PATCH', '/me', change),
  changePassword: (form: { current: string; new: string }) => call<void>('POST', '/me/password', form),
  signIns: () => call<{ items: SignIn[] }>('GET', '/me/sign-ins'),
  endSignIn: (signIn: string) => call<void>('DELETE', `/me/sign-ins/${id(signIn)}`),

  documents(scope: Scope, title: string, cursor: string | null) {
    const query = new URLSearchParams({ scope, limit: '50' });
    if (title) query.set('title', title);
    if (cursor) query.set('cursor', cursor);
    return call<Page<DocumentInfo>>('GET', `/documents?${query}`);
  },
  document: (doc: string) => call<DocumentInfo>('GET', `/documents/${id(doc)}`),
  createDocument: (title: string) => call<DocumentInfo>('POST', '/documents', { title }),
  renameDocument: (doc: string, title: string) => call<DocumentInfo>('PATCH', `/documents/${id(doc)}`, { title }),
  trashDocument: (doc: string) => call<void>('DELETE', `/documents/${id(doc)}`),
  restoreDocument: (doc: string) => call<DocumentInfo>('POST', `/documents/${id(doc)}/restore`),
  deleteDocument: (doc: string) => call<void>('DELETE', `/documents/${id(doc)}?permanently=true`),

  previewLink: (token: string) => call<LinkPreview>('POST', '/links/preview', { token }),
  claimLink: (form: { token: string; name?: string; color?: number }) =>
    call<{ document_id: string; role: Role; user: User }>('POST', '/links/claim', form),
  previewInvitation: (token: string) => call<InvitationPreview>('POST', '/invitations/preview', { token }),
  claimInvitation: (token: string) => call<AccessGiven>('POST', '/invitations/claim', { token }),
};
