import { browserEnvironment } from './browser.ts';
import { Callbacks } from './callbacks.ts';
import { closeName, errorCodeOf } from './close.ts';
import { Connection } from './connection.ts';
import { OpenDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { QuireError } from './error.ts';
import { FallbackStore } from './fallback-store.ts';
import { formatsTable } from './formats-table.ts';
import { LeftoverCounts } from './leftover-counts.ts';
import { Leftovers, leaveGrace, recheckAfter } from './leftovers.ts';
import { Ownership } from './ownership.ts';
import type { ClientContext } from './page.ts';
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
  readonly #callbacks: Callbacks;
  readonly #options: ClientOptions;
  readonly #page: string;
  readonly #server: ServerAddress;
  readonly #connection: Connection;
  readonly #store: FallbackStore;
  readonly #ownership: Ownership;
  readonly #leftovers: Leftovers;
  readonly #parked: ParkedTexts;
  readonly #leftoverCounts: LeftoverCounts;
  readonly #context: ClientContext;
  readonly #watched: Watched<ClientSnapshot>;
  readonly #documents = new Map<string, OpenDocument>();
  readonly #unlisten: (() => void)[] = [];

  #user: Person | null = null;
  #build: string | null = null;
  #limits: ServerLimits | null = null;
  /** The server takes formats that this page does not know: what a document holds of them may be moved and brought back. */
  #newerFormats = false;
  #hadUnsent = false;
  #ended = false;

  constructor(options: ClientOptions, store?: Store) {
    this.#options = options;
    this.#env = { ...browserEnvironment(), ...options.environment };
    this.#callbacks = new Callbacks((error) => this.#env.report(error));
    this.#page = this.#env.randomId();
    this.#server = new ServerAddress(options, this.#env);
    this.#store = new FallbackStore(this.#env, this.#server.name, () => this.#changed(), store);
    this.#parked = new ParkedTexts(this.#store, (documents, byUs) => this.#parkedChanged(documents, byUs));
    this.#connection = new Connection(this.#env, this.#callbacks, {
      address: () => this.#server.socket(),
      diagnose: () => this.#server.diagnose(),
      greeted: (hello) => this.#greeted(hello),
      changed: () => this.#changed(),
      stopped: (code, words) => this.#stopped(code, words),
    });
    this.#context = this.#makeContext();
    this.#ownership = new Ownership(this.#env, this.#server.name, this.#page, {
      takenOver: () => this.#replaced(),
      changedElsewhere: () => this.#changedElsewhere(),
      leaving: () => this.#leftovers.lookAfter(leaveGrace),
      clearedElsewhere: (user) => this.#clearedElsewhere(user),
    });
    this.#leftovers = new Leftovers(this.#context, this.#ownership);
    this.#leftoverCounts = this.#makeLeftoverCounts();
    this.#watched = new Watched(this.#makeSnapshot(), this.#callbacks);
    this.subscribe = this.#watched.subscribe;
    this.getSnapshot = this.#watched.getSnapshot;
    this.#unlisten.push(this.#env.listen('wake', () => this.#connection.wake()));
    this.#unlisten.push(this.#env.listen('leave', () => this.#leave()));
    this.#unlisten.push(this.#env.listen('offline', () => this.#connection.dropSocket()));
    this.#connectIfUnsent();
  }

  get unsentCount(): number {
    let sum = this.#leftovers.edits;
    for (const document of this.#documents.values()) sum += document.edits;
    return sum;
  }

  open(documentId: string): QuireDocument {
    this.#assertWebSocket();
    this.#assertOpen();
    const known = this.#documents.get(documentId);
    if (known && !known.isGone) return known.use();
    if (known) this.#release(known);
    const document = new OpenDocument(this.#context, documentId, (released) => this.#release(released)).use();
    this.#documents.set(documentId, document);
    const { state } = this.#connection;
    const incapable = state.kind === 'stopped' && (state.reason === 'protocol' || state.reason === 'unsupported');
    if (state.kind === 'idle' || (state.kind === 'stopped' && !incapable)) this.connect();
    this.#connection.join(documentId, document);
    return document;
  }

  connect(): void {
    this.#assertWebSocket();
    this.#assertOpen();
    if (!this.#ended) this.#connection.start();
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
      await this.#store.clear(user);
      this.#ownership.announceCleared(user);
    }
    this.#parked.forget();
    return true;
  }

  close(): void {
    this.#leave();
    this.#end('closed');
    for (const end of this.#unlisten.splice(0)) end();
    const written = [...this.#documents.values()].map((document) => document.flush());
    Promise.allSettled(written).then(() => {
      for (const document of this.#documents.values()) document.stop();
      this.#ownership.close();
      this.#store.close();
    });
  }

  #assertOpen(): void {
    const { state } = this.#connection;
    if (state.kind === 'stopped' && state.reason === 'closed') throw state.error;
  }

  #assertWebSocket(): void {
    if (this.#options.environment?.openSocket || typeof WebSocket !== 'undefined') return;
    throw new QuireError(
      'no-websocket',
      "there is no WebSocket here: import createClient from '@quire/client/node', or pass environment.openSocket",
    );
  }

  async #connectIfUnsent(): Promise<void> {
    if (this.#options.user !== undefined) await this.#parked.read(this.#options.user);
    // Only the server can say who is signed in, and nothing is sent before it did.
    if (await this.#store.anyUnsent()) this.connect();
  }

  #makeContext(): ClientContext {
    return {
      id: this.#page,
      env: this.#env,
      callbacks: this.#callbacks,
      connection: this.#connection,
      store: this.#store,
      limits: () => splitLimits(this.#limits),
      park: (record, from) => this.#parked.add(record, from),
      replaced: () => this.#replaced(),
      countsChanged: () => this.#countsChanged(),
      user: () => this.#user?.id ?? '',
      formats: () => (this.#options.formats === 'any' || this.#newerFormats ? null : formatsTable),
      kept: () => this.#store.kept,
      parkedOf: (document) => this.#parked.of(document),
      unpark: (id) => this.#parked.remove(id),
    };
  }

  #makeLeftoverCounts(): LeftoverCounts {
    return new LeftoverCounts({
      env: this.#env,
      store: this.#store,
      user: () => this.#user?.id ?? this.#options.user,
      parked: () => this.#parked.all,
      open: () =>
        [...this.#documents.values()].map(({ id, edits }) => ({ key: `${this.#page}/${id}`, document: id, edits })),
      counted: () => this.#leftoversCounted(),
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
    this.#countsChanged();
  }

  #replaced(): void {
    if (this.#ended) return;
    const parked = [...this.#documents.values()].map((document) => document.replacedByOther());
    this.#end('replaced');
    Promise.allSettled(parked).then(() => this.#tellReplaced());
  }

  /** Another page signed this user out and cleared the device; what is here was asked about there. */
  #clearedElsewhere(user: string): void {
    if (this.#user?.id !== user || this.#ended) return;
    for (const document of this.#documents.values()) document.stop();
    this.#end('signed-out');
    this.#tellReplaced();
  }

  #tellReplaced(): void {
    this.#callbacks.queue(() => this.#options.onReplaced?.());
  }

  #end(reason: Extract<ConnectionState, { kind: 'stopped' }>['reason']): void {
    this.#ended = true;
    this.#leftovers.stop();
    this.#leftoverCounts.stop();
    this.#connection.stop(reason);
  }

  /** The page may not come back. */
  #leave(): void {
    for (const document of this.#documents.values()) document.flush();
    if (this.unsentCount > 0) this.#ownership.announceLeaving();
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
    const stored = (await this.#store.queues(user)).reduce((sum, queue) => sum + queue.edits, 0);
    const parked = await this.#store.parked(user);
    return { unsent: Math.max(stored, this.unsentCount), parked: parked.length };
  }

  // What is shown.

  #parkedChanged(documents: ReadonlySet<string>, byUs: boolean): void {
    if (byUs) this.#ownership.announceChange();
    for (const id of documents) this.#documents.get(id)?.changed();
    this.#countsChanged();
  }

  /** Another page changed what lies in the store. */
  #changedElsewhere(): void {
    if (this.#user) this.#parked.read(this.#user.id);
    this.#leftovers.lookAfter(recheckAfter);
    this.#leftoverCounts.soon();
  }

  #leftoversCounted(): void {
    const hasUnsent = this.unsentCount > 0;
    if (hasUnsent !== this.#hadUnsent) this.#ownership.announceChange();
    this.#hadUnsent = hasUnsent;
    this.#publish();
  }

  /** Something that every document shows may have changed: the connection, or what the device keeps. */
  #changed(): void {
    for (const document of this.#documents.values()) document.changed();
    this.#countsChanged();
  }

  /** What is unsent or parked may have changed. A document that this is about knows by itself. */
  #countsChanged(): void {
    if (!this.#watched) return; // still being made
    this.#leftoverCounts.soon();
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
      kept: this.#store.kept,
      unsentCount: this.unsentCount,
      leftovers: this.#leftoverCounts.all,
    };
  }
}
