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
  /** Of proof-needed: how one can show who one is. */
  ways?: readonly string[];
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
  readonly ways: readonly string[];

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
    this.ways = details.ways ?? [];
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

const problemType = /^urn:quire:problem:(.+)$/;

/** What an answer that is no success says, or that it is not Quire's. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as {
    type?: unknown;
    title?: unknown;
    detail?: unknown;
    errors?: unknown;
    ended_at?: unknown;
    ways?: unknown;
  } | null;
  const kind = typeof body?.type === 'string' ? problemType.exec(body.type)?.[1] : undefined;
  if (!body || !kind) return new Problem('foreign', { detail: foreign(response.status) });
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new Problem(kind, {
    title: typeof body.title === 'string' ? body.title : '',
    detail: typeof body.detail === 'string' ? body.detail : '',
    fields: Array.isArray(body.errors) ? body.errors.flatMap(fieldOf) : [],
    retryAfter: Number.isFinite(after) ? after : null,
    ways: Array.isArray(body.ways) ? body.ways.filter((way) => typeof way === 'string') : [],
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
