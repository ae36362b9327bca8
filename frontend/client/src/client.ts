import { browserEnvironment } from './browser.ts';
import { closeName } from './close.ts';
import { Connection } from './connection.ts';
import { OpenDocument, type Surroundings } from './document.ts';
import type { Environment } from './environment.ts';
import { formatsTable } from './formats.ts';
import { Keeper, type Written } from './keeper.ts';
import { Leftovers } from './leftovers.ts';
import { Ownership } from './ownership.ts';
import { parkedOf } from './parked.ts';
import { type Hello, requestFrame } from './protocol.ts';
import { createRest, type Rest } from './rest.ts';
import type { Answer } from './socket.ts';
import { defaultSplitLimits, type SplitLimits } from './split.ts';
import { sameFields } from './state.ts';
import type { ParkedRecord, Store } from './store.ts';
import type {
  Auth,
  ClientOptions,
  ClientSnapshot,
  ConnectionState,
  Leftover,
  Loss,
  Parked,
  Person,
  QuireClient,
  QuireDocument,
  ServerLimits,
} from './types.ts';

const api = '/api/v1';
const noParked: readonly Parked[] = [];

/** One client per page. It connects when the first document is opened or text left over from an earlier page is found. */
export function createClient(options: ClientOptions = {}): QuireClient {
  return new Client(options);
}

/** What `createClient` gives. `store` replaces IndexedDB, for tests. */
export class Client implements QuireClient {
  readonly rest: Rest;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => ClientSnapshot;

  readonly #env: Environment;
  readonly #options: ClientOptions;
  readonly #auth: Auth;
  readonly #base: string;
  readonly #page: string;
  readonly #connection: Connection;
  readonly #keeper: Keeper;
  readonly #ownership: Ownership;
  readonly #leftovers: Leftovers;
  readonly #around: Surroundings;
  readonly #documents = new Map<string, OpenDocument>();
  readonly #subscribers = new Set<() => void>();
  readonly #ends: (() => void)[] = [];

  #user: Person | null = null;
  #build: string | null = null;
  #limits: ServerLimits | null = null;
  #parked: Parked[] = [];
  #parkedByDocument = new Map<string, readonly Parked[]>();
  #marks: readonly Leftover[] = [];
  #marking: unknown = null;
  #stoppedForGood = false;
  #snapshot: ClientSnapshot;

  constructor(options: ClientOptions, store?: Store) {
    this.#options = options;
    this.#env = { ...browserEnvironment(), ...options.environment };
    this.#auth = options.auth ?? { kind: 'cookie' };
    const origin = typeof location === 'undefined' ? 'http://localhost' : location.origin;
    this.#base = new URL(options.url ?? origin, origin).href.replace(/\/$/, '');
    this.#page = this.#env.randomId();
    this.rest = createRest(`${this.#base}${api}`, (request) => this.#fetch(request));
    const name = `quire ${new URL(this.#base).host}`;
    this.#keeper = new Keeper(this.#env, name, () => this.#changed(), store);
    this.#connection = new Connection(this.#env, {
      address: () => this.#address(),
      ask: () => this.#ask(),
      greeted: (hello) => this.#greeted(hello),
      changed: () => this.#changed(),
      stopped: (code) => this.#stopped(code),
    });
    this.#around = this.#surroundings();
    this.#ownership = new Ownership(this.#env, name, this.#page, {
      tookFromUs: () => this.#replaced(),
      othersChanged: () => this.#recount(),
      left: () => this.#leftovers.left(),
      cleared: (user) => this.#cleared(user),
    });
    this.#leftovers = new Leftovers(this.#around, this.#ownership);
    this.#snapshot = this.#makeSnapshot();
    this.getSnapshot = () => this.#snapshot;
    this.subscribe = (listener) => {
      this.#subscribers.add(listener);
      return () => this.#subscribers.delete(listener);
    };
    this.#ends.push(this.#env.listen('wake', () => this.#connection.wake()));
    this.#ends.push(this.#env.listen('leave', () => this.#leave()));
    this.#begin();
  }

  get unsentCount(): number {
    let sum = this.#leftovers.edits;
    for (const document of this.#documents.values()) sum += document.edits;
    return sum;
  }

  open(documentId: string): QuireDocument {
    const known = this.#documents.get(documentId);
    if (known && !known.isGone) return known.use();
    if (known) this.#release(known);
    const document = new OpenDocument(this.#around, documentId).use();
    this.#documents.set(documentId, document);
    const { state } = this.#connection;
    const closedOther = state.kind === 'stopped' && (state.reason === 'forbidden' || state.reason === 'deleted');
    if (state.kind === 'idle' || closedOther) this.connect();
    this.#connection.join(documentId, document);
    return document;
  }

  connect(): void {
    if (!this.#stoppedForGood) this.#connection.start();
  }

  parked(): readonly Parked[] {
    return this.#parked;
  }

  async removeParked(parkedId: string): Promise<void> {
    await this.#keeper.unpark(parkedId);
    this.#setParked(this.#parked.filter((one) => one.id !== parkedId));
    this.#ownership.changed();
  }

  async signOut(options: { confirm: (loss: Loss) => boolean | Promise<boolean>; patience?: number }): Promise<boolean> {
    const user = this.#user?.id ?? this.#options.user ?? null;
    await this.#untilSent(options.patience ?? 5_000);
    const loss = await this.#lossOf(user);
    if ((loss.unsent > 0 || loss.parked > 0) && !(await options.confirm(loss))) return false;
    if (this.#auth.kind === 'cookie') await this.#signOutOfServer();
    this.#end('signed-out');
    if (user !== null) {
      await this.#keeper.clear(user);
      this.#ownership.cleared(user);
    }
    this.#setParked([]);
    return true;
  }

  close(): void {
    for (const document of this.#documents.values()) document.flush();
    this.#ownership.bye();
    this.#end('closed');
    for (const end of this.#ends.splice(0)) end();
    this.#ownership.close();
  }

  async #begin(): Promise<void> {
    const { user } = this.#options;
    if (user !== undefined) await this.#readParked(user);
    // Only the server can say who is signed in, and nothing is sent before it did.
    if (await this.#keeper.any()) this.connect();
  }

  #surroundings(): Surroundings {
    return {
      id: this.#page,
      env: this.#env,
      connection: this.#connection,
      keeper: this.#keeper,
      limits: () => this.#splitLimits(),
      park: (record, from) => this.#park(record, from),
      replaced: () => this.#replaced(),
      changed: () => this.#changed(),
      user: () => this.#user?.id ?? '',
      formats: () => (this.#options.formats === 'any' ? null : formatsTable),
      kept: () => this.#keeper.kept,
      parkedOf: (document) => this.#parkedByDocument.get(document) ?? noParked,
      unpark: (id) => this.removeParked(id),
      released: (document) => this.#release(document),
    };
  }

  // The connection.

  async #address(): Promise<{ url: string; protocols: string[] }> {
    const url = `${this.#base.replace(/^http/, 'ws')}${api}/socket`;
    const ticket = await this.#ticket();
    return { url, protocols: ticket === null ? [] : ['quire', `ticket.${ticket}`] };
  }

  async #ticket(): Promise<string | null> {
    if (this.#auth.kind === 'cookie') return null;
    if (this.#auth.kind === 'ticket') return this.#auth.ticket();
    const { data, response } = await this.rest.POST('/socket-tickets');
    if (!data) throw Object.assign(new Error('no ticket'), { status: response.status });
    return data.ticket;
  }

  /** A browser does not say why an upgrade failed; REST does. */
  async #ask(): Promise<Answer> {
    try {
      // With tickets alone the page has nothing to sign in to REST with.
      const { response } = await (this.#auth.kind === 'ticket' ? this.rest.GET('/server') : this.rest.GET('/me'));
      if (response.status === 401) return { kind: 'signed-out' };
      if (response.status !== 429 && response.status < 500) return { kind: 'well' };
      const after = Number(response.headers.get('retry-after'));
      return { kind: 'later', ms: Math.min(60, Math.max(1, after || 2)) * 1000 };
    } catch {
      return { kind: 'no-answer' };
    }
  }

  async #fetch(request: Request): Promise<Response> {
    if (this.#auth.kind === 'token') request.headers.set('authorization', `Bearer ${await this.#auth.token()}`);
    return this.#env.fetch(request);
  }

  #greeted(hello: Hello): 'other-user' | null {
    const user = hello.user ?? { id: '', name: '', color: 0 };
    const expected = this.#user?.id ?? this.#options.user;
    if (expected !== undefined && expected !== user.id) return 'other-user';
    this.#user = user;
    this.#build = hello.build ?? null;
    this.#limits = hello.limits ?? null;
    this.#readParked(user.id);
    this.#leftovers.look(user.id);
    return null;
  }

  #stopped(code: number): void {
    const name = closeName(code);
    if (name === 'forbidden' || name === 'deleted') {
      // A notice said which document it was. The others, if there are any, want to go on.
      const others = [...this.#documents.values()].some((document) => !document.isGone);
      const known = [...this.#documents.values()].some((document) => document.isGone);
      this.#connection.stop(name);
      if (known && (others || this.#leftovers.edits > 0)) this.connect();
      return;
    }
    const reasons = { 'signed-out': 'signed-out', 'protocol-error': 'protocol', unsupported: 'unsupported' } as const;
    this.#connection.stop(reasons[name as keyof typeof reasons] ?? 'protocol');
  }

  #splitLimits(): SplitLimits {
    const { bytes, components } = defaultSplitLimits;
    if (!this.#limits) return defaultSplitLimits;
    return {
      bytes: Math.min(bytes, Math.max(1024, this.#limits.frame >> 1)),
      components: Math.min(components, this.#limits.components),
    };
  }

  // Documents.

  #release(document: OpenDocument): void {
    if (this.#documents.get(document.id) !== document) return;
    this.#documents.delete(document.id);
    this.#connection.leave(document.id, document);
    if (!document.isGone) this.#connection.send(requestFrame('u', document.id, null));
    document.flush().then(() => document.stop());
    this.#changed();
  }

  #replaced(): void {
    if (this.#stoppedForGood) return;
    const parked = [...this.#documents.values()].map((document) => document.replacedByOther());
    this.#end('replaced');
    Promise.allSettled(parked).then(() => this.#options.onReplaced?.());
  }

  #cleared(user: string): void {
    if (this.#user?.id !== user || this.#stoppedForGood) return;
    for (const document of this.#documents.values()) document.stop();
    this.#end('signed-out');
    this.#options.onReplaced?.();
  }

  #end(reason: Extract<ConnectionState, { kind: 'stopped' }>['reason']): void {
    this.#stoppedForGood = true;
    this.#leftovers.stop();
    this.#connection.stop(reason);
    if (this.#marking !== null) this.#env.clearTimeout(this.#marking);
    this.#marking = null;
  }

  #leave(): void {
    for (const document of this.#documents.values()) document.flush();
  }

  // Parked and left-over text.

  async #park(record: ParkedRecord, from: { key: string; owner: string; mark: boolean } | null): Promise<Written> {
    const outcome = await this.#keeper.park(record, from);
    if (outcome === 'kept') {
      this.#setParked([parkedOf(record), ...this.#parked]);
      this.#ownership.changed();
    }
    return outcome;
  }

  async #readParked(user: string): Promise<void> {
    this.#setParked((await this.#keeper.parked(user)).map(parkedOf));
  }

  #setParked(parked: Parked[]): void {
    this.#parked = parked;
    const by = new Map<string, Parked[]>();
    for (const one of parked) by.set(one.document, [...(by.get(one.document) ?? []), one]);
    this.#parkedByDocument = by;
    this.#changed();
  }

  /** Another page changed what lies in the store. */
  #recount(): void {
    if (this.#user) this.#readParked(this.#user.id);
  }

  /** Counts which documents have unsent or parked text, a little later. */
  #mark(): void {
    if (this.#marking !== null || this.#stoppedForGood) return;
    this.#marking = this.#env.setTimeout(async () => {
      this.#marking = null;
      const user = this.#user?.id ?? this.#options.user;
      if (user === undefined) return;
      const counts = new Map<string, { unsent: number; parked: number }>();
      const count = (document: string) => {
        const known = counts.get(document) ?? { unsent: 0, parked: 0 };
        counts.set(document, known);
        return known;
      };
      const open = new Map([...this.#documents.values()].map((one) => [`${this.#page}/${one.id}`, one.edits]));
      for (const queue of await this.#keeper.queues(user))
        if (!open.has(queue.key)) count(queue.document).unsent += queue.edits;
      for (const document of this.#documents.values())
        if (document.edits > 0) count(document.id).unsent += document.edits;
      for (const parked of this.#parked) count(parked.document).parked += parked.edits;
      const marks = [...counts].map(([document, both]) => ({ document, ...both }));
      const same =
        marks.length === this.#marks.length && marks.every((one, i) => sameFields(one, this.#marks[i] ?? {}));
      if (!same) this.#marks = marks;
      this.#publish();
    }, 250);
  }

  // Signing out.

  async #untilSent(patience: number): Promise<void> {
    const end = this.#env.now() + patience;
    while (this.unsentCount > 0 && this.#connection.online && this.#env.now() < end) {
      await new Promise<void>((resolve) => this.#env.setTimeout(resolve, 50));
    }
    for (const document of this.#documents.values()) await document.flush();
  }

  async #lossOf(user: string | null): Promise<Loss> {
    if (user === null) return { unsent: 0, parked: 0 };
    const stored = (await this.#keeper.queues(user)).reduce((sum, queue) => sum + queue.edits, 0);
    const parked = await this.#keeper.parked(user);
    return { unsent: Math.max(stored, this.unsentCount), parked: parked.length };
  }

  async #signOutOfServer(): Promise<void> {
    const { response } = await this.rest.POST('/auth/signout');
    if (!response.ok && response.status !== 401) throw new Error(`signing out failed: ${response.status}`);
  }

  // What is shown.

  #changed(): void {
    if (!this.#snapshot) return; // while being made
    for (const document of this.#documents.values()) document.changed();
    this.#mark();
    this.#publish();
  }

  #publish(): void {
    const snapshot = this.#makeSnapshot();
    if (sameFields(snapshot, this.#snapshot)) return;
    this.#snapshot = snapshot;
    for (const listener of [...this.#subscribers]) listener();
  }

  #makeSnapshot(): ClientSnapshot {
    return {
      connection: this.#connection.state,
      user: this.#user,
      build: this.#build,
      limits: this.#limits,
      kept: this.#keeper.kept,
      unsentCount: this.unsentCount,
      leftovers: this.#marks,
    };
  }
}
