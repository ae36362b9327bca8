import { Delta } from './delta.ts';
import type { Opened } from './opened.ts';
import { insertionOf } from './parked.ts';
import { isPending, total } from './pending.ts';
import type { Queue } from './queue.ts';
import type { Gone, Parked, ParkedReason } from './types.ts';
import type { WorkingText } from './working-text.ts';

/** Text of an open document that has nowhere to go: puts it aside for its author, and back into the document. */
export class Parking {
  readonly #document: Opened;
  readonly #text: WorkingText;
  readonly #withdrawn: (undo: Delta) => void;

  /** `withdrawn` is told what parking took back from the whole text, which the editor still shows. */
  constructor(document: Opened, text: WorkingText, withdrawn: (undo: Delta) => void) {
    this.#document = document;
    this.#text = text;
    this.#withdrawn = withdrawn;
  }

  /** Parks everything pending and takes it back from the editor, which goes on with the server's text. */
  all(reason: ParkedReason, detail: string): void {
    const { queue } = this.#document;
    if (!queue || !isPending(queue.pending)) return;
    const undo = total(queue.pending)?.invert(this.#text.server()) ?? new Delta();
    queue.park(reason, detail);
    this.#text.moved(undo);
    this.#withdrawn(undo);
  }

  /** The document is not served any more. */
  gone({ reason }: Gone): void {
    this.all(reason === 'not-found' ? 'removed' : reason, '');
  }

  /** What is here does not continue what the server has: parks what was written here and is not in `server`. Of another log,
   * all that was here and is not there was lost; of the same one, only what is pending. */
  missing(queue: Queue, server: Delta, otherLog: boolean): void {
    const lost = otherLog ? server.diff(this.#text.whole()) : total(queue.pending);
    const text = lost?.ops.some((op) => op.insert !== undefined) ? lost : new Delta();
    queue.park(otherLog ? 'restored' : 'refused', '', text);
  }

  /** Another page has this page's edits now. Parks what it does not have. */
  async replaced(queue: Queue): Promise<void> {
    queue.pause();
    await queue.settled(); // a write under way decides what the other page has
    const unstored = queue.unstored(this.#text.server());
    queue.stop();
    if (unstored.ops.length > 0) await this.late(queue, unstored);
  }

  /** Parks what was typed after another page took the edits over. */
  async late(queue: Queue, delta: Delta): Promise<void> {
    await this.#document.around.park(queue.parkedRecord(delta, 'replaced', ''), null);
  }

  /** Inserts parked text again; `put` takes the edit. Its copy goes when the text is safe in the queue. */
  async putBack(parked: Parked, index: number, put: (delta: Delta) => void): Promise<void> {
    const queue = this.#document.loaded();
    this.#text.insert(insertionOf(parked), index, put);
    const written = await queue.write();
    if (written !== 'replaced') await this.#document.around.unpark(parked.id);
  }
}
