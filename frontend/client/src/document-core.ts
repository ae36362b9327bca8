import { QuireError } from './error.ts';
import { Metadata } from './metadata.ts';
import type { ClientContext } from './page.ts';
import type { Queue } from './queue.ts';
import type { Gone } from './types.ts';

/** What the parts of an open document share: its id, its metadata and its queue. */
export class DocumentCore {
  readonly id: string;
  readonly context: ClientContext;
  readonly metadata = new Metadata();
  /** Null until the text is here. */
  queue: Queue | null = null;

  constructor(context: ClientContext, id: string) {
    this.context = context;
    this.id = id;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return this.queue?.edits ?? 0;
  }

  /** The revision this page has; 0 before the text is here. */
  get revision(): number {
    return this.queue?.pending.revision ?? 0;
  }

  /** Returns why waiting for this document is pointless: it is gone, or the connection has stopped. Null if neither is so. */
  failure(): QuireError | null {
    const { gone } = this.metadata;
    if (gone) return new QuireError(gone.reason, goneMessages[gone.reason]);
    const { state } = this.context.connection;
    return state.kind === 'stopped' ? state.error : null;
  }

  /** Returns the queue of a loaded document. Throws a QuireError that says why the document is not loaded. */
  loadedQueue(): Queue {
    if (!this.queue) throw this.failure() ?? new QuireError('not-loaded', `the document ${this.id} is not loaded yet`);
    return this.queue;
  }
}

const goneMessages: Record<Gone['reason'], string> = {
  'not-found': 'there is no such document, or it is not shared with this user',
  removed: 'access to the document was taken away',
  trashed: 'the document is in the trash',
  deleted: 'the document was deleted',
};
