import type { Paths } from '@quire/client';
import { isProblem, Problem, problemOf } from './problem';
import { askForProof } from './proof';

type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** The paths of openapi.json that have this method. */
type PathWith<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<Lowercase<M>, object> ? P : never;
}[keyof Paths];

type Operation<M extends Method, P extends PathWith<M>> = Paths[P][Lowercase<M>];

type PathInput<O> = O extends { parameters: { path: infer Parts extends object } } ? { path: Parts } : { path?: never };

type QueryOf<O> = O extends { parameters: { query?: infer Query } } ? Exclude<Query, undefined> : never;
type OrNull<Query> = { [Name in keyof Query]: Query[Name] | null };
type QueryInput<O> = [QueryOf<O>] extends [never]
  ? { query?: never }
  : object extends QueryOf<O>
    ? { query?: OrNull<QueryOf<O>> }
    : { query: OrNull<QueryOf<O>> };

type BodyOf<O> = O extends { requestBody?: infer Request } ? Exclude<Request, undefined> : never;
type BodyInput<O> = [BodyOf<O>] extends [never]
  ? { body?: never }
  : BodyOf<O> extends { content: { 'application/json': infer Body } }
    ? { body: Body }
    : { body: Blob };

type Input<O> = PathInput<O> & QueryInput<O> & BodyInput<O>;

type Success = 200 | 201 | 202 | 204;
type Answer<O> = O extends { responses: infer Responses }
  ? {
      [Status in keyof Responses & Success]: Responses[Status] extends { content: { 'application/json': infer Body } }
        ? Body
        : undefined;
    }[keyof Responses & Success]
  : never;

const base = '/api/v1';

/** One call of REST. What goes in and what comes back is taken from openapi.json by method and path, so a path or a field
 * that is renamed there does not compile here. What is null in `query` is left out. Rejects with a Problem. One that wants proof of
 * who this is asks for it, and is repeated.
 *
 * Not the SDK's `createRest`, which this page would have to load before it shows anything. */
export async function call<M extends Method, P extends PathWith<M>>(
  method: M,
  path: P,
  ...[input]: object extends Input<Operation<M, P>> ? [Input<Operation<M, P>>?] : [Input<Operation<M, P>>]
): Promise<Answer<Operation<M, P>>> {
  const request = (input ?? {}) as UntypedInput;
  try {
    return await once(method, path, request);
  } catch (problem) {
    if (!isProblem(problem, 'proof-needed') || path === '/me/proof' || !(await askForProof(problem.ways)))
      throw problem;
    return await once(method, path, request);
  }
}

async function once<T>(method: Method, path: string, { path: parts, query, body }: UntypedInput): Promise<T> {
  const response = await fetch(base + filled(path, parts) + search(query), {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': body instanceof Blob ? body.type : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new Problem('unreachable', { detail: 'The server can’t be reached.' });
  });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text(); // of 204, and of most 202, there is none
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** `Input` as the function's body sees it, for any operation. */
interface UntypedInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function filled(path: string, parts: UntypedInput['path'] = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
}

function search(query: UntypedInput['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
