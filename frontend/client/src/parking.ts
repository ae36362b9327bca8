import { Delta } from './delta.ts';
import type { DocumentCore } from './document-core.ts';
import { insertionOf } from './parked.ts';
import { isPending, total } from './pending.ts';
import type { Queue } from './queue.ts';
import type { Gone, Parked, ParkedReason } from './types.ts';
import type { WorkingText } from './working-text.ts';

/** Parks the text of an open document that cannot be stored, and puts it back. */
export class Parking {
  readonly #document: DocumentCore;
  readonly #text: WorkingText;
  readonly #withdrawn: (undo: Delta) => void;

  /** `withdrawn` is called with the change that takes the parked edits out of the text; the editor still shows them. */
  constructor(document: DocumentCore, text: WorkingText, withdrawn: (undo: Delta) => void) {
    this.#document = document;
    this.#text = text;
    this.#withdrawn = withdrawn;
  }

  /** Parks everything pending and takes it out of the text; the editor goes on with the server's. */
  parkAll(reason: ParkedReason, detail: string): void {
    const { queue } = this.#document;
    if (!queue || !isPending(queue.pending)) return;
    const undo = total(queue.pending)?.invert(this.#text.server()) ?? new Delta();
    queue.park(reason, detail);
    this.#text.moved(undo);
    this.#withdrawn(undo);
  }

  /** Parks everything pending because the document is gone. */
  parkGone({ reason }: Gone): void {
    this.parkAll(reason === 'not-found' ? 'removed' : reason, '');
  }

  /** Parks what this page has and the server's text lacks, after the two turned out not to share one history. In the same log that
   * is what is pending; in another log (`otherLog`) it is every difference from `server`. Parks nothing without inserted text. */
  parkMissing(queue: Queue, server: Delta, otherLog: boolean): void {
    const lost = otherLog ? server.diff(this.#text.whole()) : total(queue.pending);
    const text = lost?.ops.some((op) => op.insert !== undefined) ? lost : new Delta();
    queue.park(otherLog ? 'restored' : 'refused', '', text);
  }

  /** Another page has taken over this page's queue. Parks the edits that were not yet in the store for it to find. */
  async parkUnwritten(queue: Queue): Promise<void> {
    queue.pause();
    await queue.whenWritten(); // a write under way decides what the other page found
    const unwritten = queue.unwritten(this.#text.server());
    queue.stop();
    if (unwritten.ops.length > 0) await this.parkLate(queue, unwritten);
  }

  /** Parks an edit that the editor made after another page took the queue over. */
  async parkLate(queue: Queue, delta: Delta): Promise<void> {
    await this.#document.context.park(queue.parkedRecord(delta, 'replaced', ''), null);
  }

  /** Inserts parked text again; `put` receives the edit. The parked copy is removed once the edit is written. */
  async putBack(parked: Parked, index: number, put: (delta: Delta) => void): Promise<void> {
    const queue = this.#document.loadedQueue();
    this.#text.insert(insertionOf(parked), index, put);
    const written = await queue.write();
    if (written !== 'replaced') await this.#document.context.unpark(parked.id);
  }
}
