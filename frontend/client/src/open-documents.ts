import { OpenDocument } from './document.ts';
import type { ClientContext } from './page.ts';
import { requestFrame } from './protocol.ts';

/** The documents that are open in this page, by id. A closed document stays until its last edit is confirmed. */
export class OpenDocuments {
  readonly #context: ClientContext;
  readonly #documents = new Map<string, OpenDocument>();

  constructor(context: ClientContext) {
    this.#context = context;
  }

  /** How many edits of all documents the server has not confirmed. */
  get edits(): number {
    let sum = 0;
    for (const document of this.#documents.values()) sum += document.edits;
    return sum;
  }

  /** Whether any document that was open is gone. */
  get anyGone(): boolean {
    return this.#all.some((document) => document.isGone);
  }

  /** Whether any document is open and not gone. */
  get anyServed(): boolean {
    return this.#all.some((document) => !document.isGone);
  }

  get #all(): OpenDocument[] {
    return [...this.#documents.values()];
  }

  /** Returns each document with the key of its queue in the store. */
  queues(): { key: string; document: string; edits: number }[] {
    const page = this.#context.id;
    return this.#all.map(({ id, edits }) => ({ key: `${page}/${id}`, document: id, edits }));
  }

  /** Returns the document if it is open and not gone. */
  get(id: string): OpenDocument | null {
    const document = this.#documents.get(id);
    return document && !document.isGone ? document : null;
  }

  /** Opens a document. If one with this id was open until now, it is gone; that one is released. */
  add(id: string): OpenDocument {
    const gone = this.#documents.get(id);
    if (gone) this.#release(gone);
    const document = new OpenDocument(this.#context, id, (released) => this.#release(released)).use();
    this.#documents.set(id, document);
    return document;
  }

  /** Something that these documents show may have changed; by default, all of them. */
  changed(ids: Iterable<string> = this.#documents.keys()): void {
    for (const id of ids) this.#documents.get(id)?.changed();
  }

  /** Writes the pending edits of all documents to the store. Never rejects. */
  flush(): Promise<unknown> {
    return Promise.allSettled(this.#all.map((document) => document.flush()));
  }

  /** Another page has taken over this page's edits. Resolves when those that it could not find are parked. */
  replacedByOther(): Promise<unknown> {
    return Promise.allSettled(this.#all.map((document) => document.replacedByOther()));
  }

  /** Stops all documents at once, without telling the server or other pages. */
  stop(): void {
    for (const document of this.#documents.values()) document.stop();
  }

  #release(document: OpenDocument): void {
    if (this.#documents.get(document.id) !== document) return;
    const { connection } = this.#context;
    this.#documents.delete(document.id);
    connection.leave(document.id, document);
    if (!document.isGone) connection.send(requestFrame('u', document.id, null));
    document.flush().then(() => document.stop());
    this.#context.countsChanged();
  }
}
