import type { components } from './schema.ts';

/** A problem as the server tells it (RFC 9457): `type` says which one it is, `detail` is written for people. */
export type ServerProblem = components['schemas']['Problem'];

/** What went wrong, for programs. */
export type QuireErrorCode =
  /** The document's text is not here yet. */
  | 'not-loaded'
  /** The edit reaches outside of what the editor shows: it has drifted. */
  | 'out-of-range'
  /** The edit is no Delta. */
  | 'bad-edit'
  /** There is no such document, or it is not shared with this user: the two cannot be told apart. */
  | 'not-found'
  /** Access to the document was taken away while it was open. */
  | 'removed'
  | 'trashed'
  | 'deleted'
  /** The edit was not added to the document; it is among the parked texts. */
  | 'parked'
  /** The sign-in ended, or what proves who this is was not accepted. */
  | 'signed-out'
  /** Another user signed in. */
  | 'other-user'
  /** The server, or who gives the token, does not let this user in. */
  | 'forbidden'
  /** The two do not speak the same protocol. */
  | 'protocol'
  | 'unsupported'
  /** Another page took over this page's edits. */
  | 'replaced'
  /** The client or the document was closed. */
  | 'closed'
  /** The server answers, but no WebSocket reaches it. */
  | 'no-upgrade'
  /** This host has no WebSocket, and none was passed. */
  | 'no-websocket'
  /** An option makes no sense. */
  | 'bad-option'
  /** The server refused a request; `problem` says why. */
  | 'refused'
  /** Something between this host and Quire answered in its place, such as a proxy with a page of its own. */
  | 'foreign'
  /** No answer came. */
  | 'unreachable';

/** The one error of this library. */
export class QuireError extends Error {
  override readonly name = 'QuireError';
  readonly code: QuireErrorCode;
  /** What the server said, where it said something. */
  readonly problem: ServerProblem | null;

  constructor(code: QuireErrorCode, message: string, problem: ServerProblem | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problem = problem;
  }
}

/** Returns the error that a refused REST request stands for. A response without one of Quire's problems came from something in
 * between, such as a proxy, and its status says nothing about this user or document: that is `foreign`. */
export async function responseError(response: Response): Promise<QuireError> {
  const problem = problemOf(await response.json().catch(() => null));
  const kind = problem && kindOf(problem);
  if (!problem || kind === null)
    return new QuireError('foreign', `Something in between answered in Quire’s place (${response.status}).`);
  return new QuireError(codeOf(kind), problem.detail || problem.title, problem);
}

/** Returns the kind of a problem, which is the last part of its type, or null for one that is not Quire's. */
function kindOf(problem: ServerProblem): string | null {
  return /^urn:quire:problem:(.+)$/.exec(problem.type)?.[1] ?? null;
}

/** Reports whether the server is there and the same request may succeed later. */
export function isTemporary({ problem }: QuireError): boolean {
  const kind = problem && kindOf(problem);
  return kind !== null && ['too-many-requests', 'unavailable', 'internal', 'timeout'].includes(kind);
}

/** Errors that asking again will not change. */
const permanentCodes: readonly QuireErrorCode[] = ['signed-out', 'forbidden', 'not-found'];

/** Classifies what the application's token or ticket function threw. `final`: do not call it again; `later`: the server is there
 * but not ready. */
export function tokenFailure(cause: unknown): { error: QuireError; final: boolean; later: boolean } {
  const own = cause instanceof QuireError ? cause : null;
  if (own?.problem) return { error: own, final: permanentCodes.includes(own.code), later: isTemporary(own) };
  if (own?.code === 'foreign') return { error: own, final: false, later: false };
  const status = Number((cause as { status?: unknown } | null)?.status);
  const final = permanentCodes.includes(codeOfStatus(status));
  const said = cause instanceof Error ? cause.message : String(cause);
  const error = own ?? new QuireError(final ? codeOfStatus(status) : 'unreachable', said, null, cause);
  return { error, final, later: status === 429 || status >= 500 };
}

/** Returns a response body as a problem, or null if it is not one. */
export function problemOf(body: unknown): ServerProblem | null {
  const { type, title, status } = (body ?? {}) as Partial<ServerProblem>;
  const whole = typeof type === 'string' && typeof title === 'string' && typeof status === 'number';
  return whole ? (body as ServerProblem) : null;
}

const codesByKind: Readonly<Record<string, QuireErrorCode>> = {
  'signed-out': 'signed-out',
  'wrong-credentials': 'signed-out',
  forbidden: 'forbidden',
  'foreign-origin': 'forbidden',
  suspended: 'forbidden',
  'other-account': 'forbidden',
  'not-found': 'not-found',
};

function codeOf(kind: string): QuireErrorCode {
  return Object.hasOwn(codesByKind, kind) ? (codesByKind[kind] as QuireErrorCode) : 'refused';
}

/** Returns the code for the `status` of an error that an application's function threw. It may stem from any server, so there is
 * no problem to read. */
function codeOfStatus(status: number): QuireErrorCode {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'forbidden';
  return status === 404 ? 'not-found' : 'refused';
}
