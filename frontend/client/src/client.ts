import { browserEnvironment } from './browser.ts';
import { Calls } from './calls.ts';
import { closeName, errorCodeOf } from './close.ts';
import { Connection } from './connection.ts';
import { OpenDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { QuireError } from './error.ts';
import { formatsTable } from './formats-table.ts';
import { Keeper } from './keeper.ts';
import { Leftovers, lastBreath, lookAgain } from './leftovers.ts';
import { Marks } from './marks.ts';
import { Ownership } from './ownership.ts';
import type { Surroundings } from './page.ts';
import { ParkedTexts } from './parked-texts.ts';
import { type Hello, personOf, requestFrame } from './protocol.ts';
import { ServerAddress } from './server-address.ts';
import { splitLimits } from './split.ts';
import { sameFields } from './state.ts';
import type { Store } from './store.ts';
import type {
  ClientOptions,
  ClientSnapshot,
  ConnectionState,
  Loss,
  Parked,
  Person,
  QuireClient,
  QuireDocument,
  ServerLimits,
} from './types.ts';
import { Watched } from './watch.ts';

/** One client per page. It connects when the first document is opened or text left over from an earlier page is found. */
export function createClient(options: ClientOptions = {}): QuireClient {
  return new Client(options);
}

/** What `createClient` gives: puts the parts together and shows them as one. `store` replaces IndexedDB, for tests. */
export class Client implements QuireClient {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => ClientSnapshot;

  readonly #env: Environment;
  readonly #calls: Calls;
  readonly #options: ClientOptions;
  readonly #page: string;
  readonly #server: ServerAddress;
  readonly #connection: Connection;
  readonly #keeper: Keeper;
  readonly #ownership: Ownership;
  readonly #leftovers: Leftovers;
  readonly #parked: ParkedTexts;
  readonly #marks: Marks;
  readonly #around: Surroundings;
  readonly #watched: Watched<ClientSnapshot>;
  readonly #documents = new Map<string, OpenDocument>();
  readonly #ends: (() => void)[] = [];

  #user: Person | null = null;
  #build: string | null = null;
  #limits: ServerLimits | null = null;
  /** The server takes formats that this page does not know: what a document holds of them may be moved and brought back. */
  #newerFormats = false;
  #hadUnsent = false;
  #over = false;

  constructor(options: ClientOptions, store?: Store) {
    this.#options = options;
    this.#env = { ...browserEnvironment(), ...options.environment };
    this.#calls = new Calls((error) => this.#env.report(error));
    this.#page = this.#env.randomId();
    this.#server = new ServerAddress(options, this.#env);
    this.#keeper = new Keeper(this.#env, this.#server.name, () => this.#changed(), store);
    this.#parked = new ParkedTexts(this.#keeper, (documents, byUs) => this.#parkedChanged(documents, byUs));
    this.#connection = new Connection(this.#env, this.#calls, {
      address: () => this.#server.socket(),
      ask: () => this.#server.ask(),
      greeted: (hello) => this.#greeted(hello),
      changed: () => this.#changed(),
      stopped: (code, words) => this.#stopped(code, words),
    });
    this.#around = this.#surroundings();
    this.#ownership = new Ownership(this.#env, this.#server.name, this.#page, {
      tookFromUs: () => this.#replaced(),
      othersChanged: () => this.#recount(),
      left: () => this.#leftovers.lookIn(lastBreath),
      cleared: (user) => this.#cleared(user),
    });
    this.#leftovers = new Leftovers(this.#around, this.#ownership);
    this.#marks = this.#makeMarks();
    this.#watched = new Watched(this.#makeSnapshot(), this.#calls);
    this.subscribe = this.#watched.subscribe;
    this.getSnapshot = this.#watched.getSnapshot;
    this.#ends.push(this.#env.listen('wake', () => this.#connection.wake()));
    this.#ends.push(this.#env.listen('leave', () => this.#leave()));
    this.#ends.push(this.#env.listen('offline', () => this.#connection.cut()));
    this.#begin();
  }

  get unsentCount(): number {
    let sum = this.#leftovers.edits;
    for (const document of this.#documents.values()) sum += document.edits;
    return sum;
  }

  open(documentId: string): QuireDocument {
    this.#needSocket();
    this.#notClosed();
    const known = this.#documents.get(documentId);
    if (known && !known.isGone) return known.use();
    if (known) this.#release(known);
    const document = new OpenDocument(this.#around, documentId, (released) => this.#release(released)).use();
    this.#documents.set(documentId, document);
    const { state } = this.#connection;
    const incapable = state.kind === 'stopped' && (state.reason === 'protocol' || state.reason === 'unsupported');
    if (state.kind === 'idle' || (state.kind === 'stopped' && !incapable)) this.connect();
    this.#connection.join(documentId, document);
    return document;
  }

  connect(): void {
    this.#needSocket();
    this.#notClosed();
    if (!this.#over) this.#connection.start();
  }

  parked(): readonly Parked[] {
    return this.#parked.all;
  }

  removeParked(parkedId: string): Promise<void> {
    return this.#parked.remove(parkedId);
  }

  async signOut(options: { confirm: (loss: Loss) => boolean | Promise<boolean>; patience?: number }): Promise<boolean> {
    const user = this.#user?.id ?? this.#options.user;
    await this.#untilSent(options.patience ?? 5_000);
    const loss = await this.#lossOf(user);
    if ((loss.unsent > 0 || loss.parked > 0) && !(await options.confirm(loss))) return false;
    await this.#server.signOut();
    this.#end('signed-out');
    for (const document of this.#documents.values()) document.stop();
    if (user !== undefined) {
      await this.#keeper.clear(user);
      this.#ownership.cleared(user);
    }
    this.#parked.forget();
    return true;
  }

  close(): void {
    this.#leave();
    this.#end('closed');
    for (const end of this.#ends.splice(0)) end();
    const written = [...this.#documents.values()].map((document) => document.flush());
    Promise.allSettled(written).then(() => {
      for (const document of this.#documents.values()) document.stop();
      this.#ownership.close();
      this.#keeper.close();
    });
  }

  #notClosed(): void {
    const { state } = this.#connection;
    if (state.kind === 'stopped' && state.reason === 'closed') throw state.error;
  }

  #needSocket(): void {
    if (this.#options.environment?.openSocket || typeof WebSocket !== 'undefined') return;
    throw new QuireError(
      'no-websocket',
      "there is no WebSocket here: import createClient from '@quire/client/node', or pass environment.openSocket",
    );
  }

  async #begin(): Promise<void> {
    if (this.#options.user !== undefined) await this.#parked.read(this.#options.user);
    // Only the server can say who is signed in, and nothing is sent before it did.
    if (await this.#keeper.any()) this.connect();
  }

  #surroundings(): Surroundings {
    return {
      id: this.#page,
      env: this.#env,
      calls: this.#calls,
      connection: this.#connection,
      keeper: this.#keeper,
      limits: () => splitLimits(this.#limits),
      park: (record, from) => this.#parked.add(record, from),
      replaced: () => this.#replaced(),
      counted: () => this.#recounted(),
      user: () => this.#user?.id ?? '',
      formats: () => (this.#options.formats === 'any' || this.#newerFormats ? null : formatsTable),
      kept: () => this.#keeper.kept,
      parkedOf: (document) => this.#parked.of(document),
      unpark: (id) => this.#parked.remove(id),
    };
  }

  #makeMarks(): Marks {
    return new Marks({
      env: this.#env,
      keeper: this.#keeper,
      user: () => this.#user?.id ?? this.#options.user,
      parked: () => this.#parked.all,
      open: () =>
        [...this.#documents.values()].map(({ id, edits }) => ({ key: `${this.#page}/${id}`, document: id, edits })),
      counted: () => this.#counted(),
    });
  }

  // The connection.

  #greeted(hello: Hello): 'other-user' | null {
    const user = personOf(hello.user ?? { id: '', name: '', color: 0 });
    const expected = this.#user?.id ?? this.#options.user;
    if (expected !== undefined && expected !== user.id) return 'other-user';
    if (!this.#user || !sameFields(user, this.#user)) this.#user = user;
    this.#build = hello.build ?? null;
    this.#limits = hello.limits ?? null;
    const formats = hello.formats ?? formatsTable.version;
    this.#newerFormats = formats === 0 || formats > formatsTable.version;
    this.#parked.read(user.id);
    this.#leftovers.look(user.id);
    return null;
  }

  #stopped(code: number, words: string): void {
    const name = closeName(code);
    const error = words === '' || name === null ? null : new QuireError(errorCodeOf(name), words);
    if (name === 'forbidden' || name === 'deleted') {
      // A notice said which document it was. The others, if there are any, want to go on.
      const all = [...this.#documents.values()];
      const told = all.some((document) => document.isGone);
      const others = all.some((document) => !document.isGone) || this.#leftovers.edits > 0;
      this.#connection.stop(name, error);
      if (told && others) this.connect();
      return;
    }
    this.#connection.stop(name === 'signed-out' || name === 'unsupported' ? name : 'protocol', error);
  }

  // Documents.

  #release(document: OpenDocument): void {
    if (this.#documents.get(document.id) !== document) return;
    this.#documents.delete(document.id);
    this.#connection.leave(document.id, document);
    if (!document.isGone) this.#connection.send(requestFrame('u', document.id, null));
    document.flush().then(() => document.stop());
    this.#recounted();
  }

  #replaced(): void {
    if (this.#over) return;
    const parked = [...this.#documents.values()].map((document) => document.replacedByOther());
    this.#end('replaced');
    Promise.allSettled(parked).then(() => this.#tellReplaced());
  }

  /** Another page signed this user out and cleared the device; what is here was asked about there. */
  #cleared(user: string): void {
    if (this.#user?.id !== user || this.#over) return;
    for (const document of this.#documents.values()) document.stop();
    this.#end('signed-out');
    this.#tellReplaced();
  }

  #tellReplaced(): void {
    this.#calls.later(() => this.#options.onReplaced?.());
  }

  #end(reason: Extract<ConnectionState, { kind: 'stopped' }>['reason']): void {
    this.#over = true;
    this.#leftovers.stop();
    this.#marks.stop();
    this.#connection.stop(reason);
  }

  /** The page may not come back. */
  #leave(): void {
    for (const document of this.#documents.values()) document.flush();
    if (this.unsentCount > 0) this.#ownership.bye();
  }

  // Signing out.

  async #untilSent(patience: number): Promise<void> {
    const end = this.#env.now() + patience;
    while (this.unsentCount > 0 && this.#connection.online && this.#env.now() < end) {
      await new Promise<void>((resolve) => this.#env.setTimeout(resolve, 50));
    }
    for (const document of this.#documents.values()) await document.flush();
  }

  async #lossOf(user: string | undefined): Promise<Loss> {
    if (user === undefined) return { unsent: 0, parked: 0 };
    const stored = (await this.#keeper.queues(user)).reduce((sum, queue) => sum + queue.edits, 0);
    const parked = await this.#keeper.parked(user);
    return { unsent: Math.max(stored, this.unsentCount), parked: parked.length };
  }

  // What is shown.

  #parkedChanged(documents: ReadonlySet<string>, byUs: boolean): void {
    if (byUs) this.#ownership.changed();
    for (const id of documents) this.#documents.get(id)?.changed();
    this.#recounted();
  }

  /** Another page changed what lies in the store. */
  #recount(): void {
    if (this.#user) this.#parked.read(this.#user.id);
    this.#leftovers.lookIn(lookAgain);
    this.#marks.soon();
  }

  #counted(): void {
    const hasUnsent = this.unsentCount > 0;
    if (hasUnsent !== this.#hadUnsent) this.#ownership.changed();
    this.#hadUnsent = hasUnsent;
    this.#publish();
  }

  /** Something that every document shows may have changed: the connection, or what the device keeps. */
  #changed(): void {
    for (const document of this.#documents.values()) document.changed();
    this.#recounted();
  }

  /** What is unsent or parked may have changed. A document that this is about knows by itself. */
  #recounted(): void {
    if (!this.#watched) return; // still being made
    this.#marks.soon();
    this.#publish();
  }

  #publish(): void {
    const snapshot = this.#makeSnapshot();
    if (!sameFields(snapshot, this.#watched.value)) this.#watched.set(snapshot);
  }

  #makeSnapshot(): ClientSnapshot {
    return {
      connection: this.#connection.state,
      user: this.#user,
      build: this.#build,
      limits: this.#limits,
      kept: this.#keeper.kept,
      unsentCount: this.unsentCount,
      leftovers: this.#marks.all,
    };
  }
}
