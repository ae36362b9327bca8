import { browserEnvironment } from './browser.ts';
import { Callbacks } from './callbacks.ts';
import { ClientStatus } from './client-status.ts';
import type { ClientOptions, ClientSnapshot, ConnectionState, Loss, QuireClient } from './client-types.ts';
import { closeName, errorCodeOf } from './close.ts';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { QuireError } from './error.ts';
import { FallbackStore } from './fallback-store.ts';
import { Leftovers, leaveGrace, recheckAfter } from './leftovers.ts';
import { OpenDocuments } from './open-documents.ts';
import { Ownership } from './ownership.ts';
import type { ClientContext } from './page.ts';
import { ParkedTexts } from './parked-texts.ts';
import type { Hello } from './protocol.ts';
import { ServerAddress } from './server-address.ts';
import { ServerInfo } from './server-info.ts';
import { splitLimits } from './split.ts';
import type { Store } from './store.ts';
import type { Parked, Person, QuireDocument } from './types.ts';

/** Returns a client; one per page is enough. It connects once a document is opened, or if an earlier page left unsent edits behind.
 * Throws a QuireError `bad-option`. */
export function createClient(options: ClientOptions = {}): QuireClient {
  return new Client(options);
}

/** What `createClient` returns: puts the parts together. `store` replaces IndexedDB in tests. */
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
  readonly #context: ClientContext;
  readonly #documents: OpenDocuments;
  readonly #info: ServerInfo;
  readonly #status: ClientStatus;
  readonly #unlisten: (() => void)[] = [];

  /** Signed out, replaced or closed: this client never connects again. */
  #ended = false;

  constructor(options: ClientOptions, store?: Store) {
    this.#options = options;
    this.#env = { ...browserEnvironment(), ...options.environment };
    this.#callbacks = new Callbacks((error) => this.#env.report(error));
    this.#page = this.#env.randomId();
    this.#server = new ServerAddress(options, this.#env);
    this.#info = new ServerInfo(options);
    this.#store = new FallbackStore(this.#env, this.#server.name, () => this.#changed(), store);
    this.#parked = new ParkedTexts(this.#store, (documents, byUs) => this.#parkedChanged(documents, byUs));
    this.#connection = new Connection(this.#env, this.#callbacks, {
      address: () => this.#server.socket(),
      diagnose: () => this.#server.diagnose(),
      greeted: (hello) => this.#greeted(hello),
      changed: () => this.#changed(),
      stopped: (code, reason) => this.#stopped(code, reason),
    });
    this.#context = this.#makeContext();
    this.#documents = new OpenDocuments(this.#context);
    this.#ownership = new Ownership(this.#env, this.#server.name, this.#page, {
      takenOver: () => this.#replaced(),
      changedElsewhere: () => this.#changedElsewhere(),
      leaving: () => this.#leftovers.lookAfter(leaveGrace),
      clearedElsewhere: (user) => this.#clearedElsewhere(user),
    });
    this.#leftovers = new Leftovers(this.#context, this.#ownership);
    this.#status = new ClientStatus({
      env: this.#env,
      callbacks: this.#callbacks,
      connection: this.#connection,
      store: this.#store,
      info: this.#info,
      documents: this.#documents,
      leftovers: this.#leftovers,
      parked: this.#parked,
      ownership: this.#ownership,
    });
    this.subscribe = this.#status.watched.subscribe;
    this.getSnapshot = this.#status.watched.getSnapshot;
    this.#unlisten.push(this.#env.listen('wake', () => this.#connection.wake()));
    this.#unlisten.push(this.#env.listen('leave', () => this.#leave()));
    this.#unlisten.push(this.#env.listen('offline', () => this.#connection.dropSocket()));
    this.#connectIfUnsent();
  }

  get unsentCount(): number {
    return this.#status.unsentCount;
  }

  open(documentId: string): QuireDocument {
    this.#assertWebSocket();
    this.#assertOpen();
    const known = this.#documents.get(documentId);
    if (known) return known.use();
    const document = this.#documents.add(documentId);
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
    const user = this.#info.userId;
    await this.#untilSent(options.patience ?? 5_000);
    const loss = await this.#lossOf(user);
    if ((loss.unsent > 0 || loss.parked > 0) && !(await options.confirm(loss))) return false;
    await this.#server.signOut();
    this.#end('signed-out');
    this.#documents.stop();
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
    this.#documents.flush().then(() => {
      this.#documents.stop();
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
    // Whose edits they are does not matter yet: only the server can say who is signed in, and nothing is sent before.
    if (await this.#store.anyUnsent()) this.connect();
  }

  #makeContext(): ClientContext {
    return {
      id: this.#page,
      env: this.#env,
      callbacks: this.#callbacks,
      connection: this.#connection,
      store: this.#store,
      limits: () => splitLimits(this.#info.limits),
      park: (record, from) => this.#parked.add(record, from),
      replaced: () => this.#replaced(),
      countsChanged: () => this.#status.countsChanged(),
      user: () => this.#info.user?.id ?? '',
      formats: () => this.#info.formats,
      kept: () => this.#store.kept,
      parkedOf: (document) => this.#parked.of(document),
      unpark: (id) => this.#parked.remove(id),
    };
  }

  // The connection.

  #greeted(hello: Hello): 'other-user' | null {
    const refusal = this.#info.update(hello);
    if (refusal) return refusal;
    const { id } = this.#info.user as Person; // which the hello has just set
    this.#parked.read(id);
    this.#leftovers.look(id);
    return null;
  }

  #stopped(code: number, reason: string): void {
    const name = closeName(code);
    const error = reason === '' || name === null ? null : new QuireError(errorCodeOf(name), reason);
    if (name === 'forbidden' || name === 'deleted') {
      // A notice told which document this is about; if there is other work, reconnect for that.
      const { anyGone, anyServed } = this.#documents;
      const otherWork = anyServed || this.#leftovers.edits > 0;
      this.#connection.stop(name, error);
      if (anyGone && otherWork) this.connect();
      return;
    }
    this.#connection.stop(name === 'signed-out' || name === 'unsupported' ? name : 'protocol', error);
  }

  // Endings.

  /** Another page has taken over this page's edits. */
  #replaced(): void {
    if (this.#ended) return;
    const parked = this.#documents.replacedByOther();
    this.#end('replaced');
    parked.then(() => this.#tellReplaced());
  }

  /** The user signed out in another page, which asked about unsent text, this page's included, and cleared the device. */
  #clearedElsewhere(user: string): void {
    if (this.#info.user?.id !== user || this.#ended) return;
    this.#documents.stop();
    this.#end('signed-out');
    this.#tellReplaced();
  }

  #tellReplaced(): void {
    this.#callbacks.queue(() => this.#options.onReplaced?.());
  }

  #end(reason: Extract<ConnectionState, { kind: 'stopped' }>['reason']): void {
    this.#ended = true;
    this.#leftovers.stop();
    this.#status.stop();
    this.#connection.stop(reason);
  }

  /** The page may not come back. */
  #leave(): void {
    this.#documents.flush();
    if (this.unsentCount > 0) this.#ownership.announceLeaving();
  }

  /** Resolves when nothing is unsent, the connection is lost or `patience` ms have passed, with everything written to the store. */
  async #untilSent(patience: number): Promise<void> {
    const end = this.#env.now() + patience;
    while (this.unsentCount > 0 && this.#connection.online && this.#env.now() < end) {
      await new Promise<void>((resolve) => this.#env.setTimeout(resolve, 50));
    }
    await this.#documents.flush();
  }

  /** Returns what clearing the user's text from the device would lose. */
  async #lossOf(user: string | undefined): Promise<Loss> {
    if (user === undefined) return { unsent: 0, parked: 0 };
    const stored = (await this.#store.queues(user)).reduce((sum, queue) => sum + queue.edits, 0);
    const parked = await this.#store.parked(user);
    return { unsent: Math.max(stored, this.unsentCount), parked: parked.length };
  }

  // What is shown.

  #parkedChanged(documents: ReadonlySet<string>, byUs: boolean): void {
    if (byUs) this.#ownership.announceChange();
    this.#documents.changed(documents);
    this.#status.countsChanged();
  }

  /** Another page changed unsent or parked text in the store. */
  #changedElsewhere(): void {
    if (this.#info.user) this.#parked.read(this.#info.user.id);
    this.#leftovers.lookAfter(recheckAfter);
    this.#status.changedElsewhere();
  }

  /** Something that every document shows may have changed: the connection, or whether the device keeps anything. */
  #changed(): void {
    if (!this.#status) return; // the store calls this while the client is being constructed
    this.#documents.changed();
    this.#status.countsChanged();
  }
}
