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

/** Why the server refused, as it says in its answer. */
export async function refusal(response: Response): Promise<QuireError> {
  const { status } = response;
  const blank = { type: 'about:blank', title: `The server answered with ${status}`, status, detail: '' };
  const problem = problemOf(await response.json().catch(() => null)) ?? blank;
  const said = problem.detail || problem.title;
  return new QuireError(codeOf(status), said, problem);
}

/** What the failure of the application's own token or ticket function means: `final`, do not ask again; `later`, the server is
 * there and not ready. */
export function refusalOfToken(cause: unknown): { error: QuireError; final: boolean; later: boolean } {
  const own = cause instanceof QuireError ? cause : null;
  const status = own?.problem?.status ?? Number((cause as { status?: unknown } | null)?.status);
  const final = status === 401 || status === 403 || status === 404;
  const said = cause instanceof Error ? cause.message : String(cause);
  const error = own ?? new QuireError(final ? codeOf(status) : 'unreachable', said, null, cause);
  return { error, final, later: status === 429 || status >= 500 };
}

export function problemOf(body: unknown): ServerProblem | null {
  const { type, title, status } = (body ?? {}) as Partial<ServerProblem>;
  const whole = typeof type === 'string' && typeof title === 'string' && typeof status === 'number';
  return whole ? (body as ServerProblem) : null;
}

function codeOf(status: number): QuireErrorCode {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'forbidden';
  return status === 404 ? 'not-found' : 'refused';
}
