import { About } from './about.ts';
import { QuireError } from './error.ts';
import type { Surroundings } from './page.ts';
import type { Queue } from './queue.ts';
import type { Gone } from './types.ts';

/** What the parts of an open document share: which one it is, what the server says about it, and its queue. */
export class Opened {
  readonly id: string;
  readonly around: Surroundings;
  readonly about = new About();
  /** Null until the text is here. */
  queue: Queue | null = null;

  constructor(around: Surroundings, id: string) {
    this.around = around;
    this.id = id;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return this.queue?.edits ?? 0;
  }

  /** The revision that is here; 0 before there is one. */
  get revision(): number {
    return this.queue?.pending.revision ?? 0;
  }

  /** Why there is nothing to wait for, if that is so. */
  failure(): QuireError | null {
    const { gone } = this.about;
    if (gone) return new QuireError(gone.reason, goneWords[gone.reason]);
    const { state } = this.around.connection;
    return state.kind === 'stopped' ? state.error : null;
  }

  /** The queue of a document that is loaded. Throws a QuireError that says why it is not. */
  loaded(): Queue {
    if (!this.queue) throw this.failure() ?? new QuireError('not-loaded', `the document ${this.id} is not loaded yet`);
    return this.queue;
  }
}

const goneWords: Record<Gone['reason'], string> = {
  'not-found': 'there is no such document, or it is not shared with this user',
  removed: 'access to the document was taken away',
  trashed: 'the document is in the trash',
  deleted: 'the document was deleted',
};
