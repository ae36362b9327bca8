import { Delta } from './delta.ts';
import { reachOf } from './edits.ts';
import { QuireError } from './error.ts';
import { clean } from './formats.ts';
import type { Opened } from './opened.ts';
import { shownOver } from './pending.ts';
import { ServerText } from './server-text.ts';
import { DocumentText } from './text.ts';
import type { ChangeSource, DocumentEvents, PlainText } from './types.ts';
import { type Telling, Untold } from './untold.ts';
import type { Listeners } from './watch.ts';

/** The text of an open document: the server's, this page's edits over it, and what the editor has been told of the two. */
export class WorkingText {
  readonly #document: Opened;
  readonly #listeners: Listeners<DocumentEvents>;
  readonly #server = new ServerText();
  readonly #untold = new Untold();
  /** Units of the whole text. */
  #length = 0;
  #whole: Delta | null = null;
  #plain: DocumentText | null = null;

  constructor(document: Opened, listeners: Listeners<DocumentEvents>) {
    this.#document = document;
    this.#listeners = listeners;
  }

  /** The server's text. */
  server(): Delta {
    return this.#server.whole();
  }

  /** The server's text with all edits of this page in it. Throws while there is none. */
  whole(): Delta {
    const queue = this.#document.loaded();
    this.#whole ??= shownOver(this.#server.whole(), queue.pending);
    return this.#whole;
  }

  /** What the editor shows: the whole text, but for what it has not been told yet. Throws while there is none. */
  shown(): Delta {
    const whole = this.whole();
    return this.#untold.shown() ?? whole;
  }

  /** Where a place in what the editor shows is in the whole text. */
  position(index: number): number {
    return this.#untold.position(index);
  }

  /** The text as a plain one; `edit` takes the edits that are made to it. */
  plain(edit: (delta: Delta) => void): PlainText {
    this.#plain ??= new DocumentText(this.#document.around.calls, {
      edit,
      contents: () => (this.#document.queue ? this.shown() : null),
    });
    return this.#plain;
  }

  /** Begins with what the server has, and nothing pending over it. */
  load(text: Delta): void {
    this.#server.load(text);
    this.#length = text.length();
    this.#whole = text;
  }

  /** An edit that the editor shows already; `put` takes what the document gets of it. The editor is told where that is less. */
  edit(own: Delta, put: (delta: Delta) => void): void {
    const reach = reachOf(own);
    const length = this.#length - this.#untold.growth;
    if (reach > length)
      throw new QuireError('out-of-range', `an edit reaches to ${reach} in a document of ${length} units`);
    const before = this.#moment();
    this.#plain?.edited(own);
    this.#untold.during(
      () => before().compose(own),
      () => {
        const original = this.#untold.over(own);
        const delta = clean(original, this.#document.around.formats());
        const correction = delta === original ? null : original.invert(this.whole()).compose(delta);
        if (delta.ops.length > 0) put(delta);
        if (correction && correction.ops.length > 0) this.tell(correction, 'correction');
      },
    );
  }

  /** Inserts at a place in what the editor shows, before the last newline, and tells the editor; `put` takes the edit. */
  insert(insertion: Delta, index: number, put: (delta: Delta) => void): void {
    const at = Math.max(0, Math.min(this.position(index), this.#length - 1));
    const delta = clean(new Delta().retain(at).concat(insertion).chop(), this.#document.around.formats());
    this.#untold.during(this.#moment(), () => {
      put(delta);
      this.tell(delta, 'restored');
    });
  }

  /** What is pending changed the whole text by `delta`. */
  moved(delta: Delta): void {
    this.#whole = null;
    this.#length += delta.changeLength();
  }

  /** Our op is in the log. */
  confirmed(op: Delta): void {
    this.#server.apply(op);
  }

  /** Somebody else's op is in the log; `show` is what it does to the whole text. */
  received(op: Delta, show: Delta): void {
    this.#server.apply(op);
    this.moved(show);
  }

  /** Tells the editor that the text is there. */
  tellLoaded(): void {
    this.#document.around.calls.change(() => {
      this.#plain?.loaded(this.shown());
      this.#listeners.tell('load', this.shown());
    });
  }

  /** Tells the editor of a change of the whole text, once it has returned from its own. */
  tell(delta: Delta, source: ChangeSource): void {
    const change: Telling = { delta, source };
    this.#untold.add(change);
    this.#document.around.calls.change(() => {
      this.#untold.told();
      if (change.delta.ops.length === 0) return;
      this.#plain?.changed(change.delta, source);
      this.#listeners.tell('change', { delta: change.delta, source, revision: this.#document.revision });
    });
  }

  /** What the editor shows at this moment, to be worked out only if it is needed. */
  #moment(): () => Delta {
    const shown = this.#untold.shown() ?? this.#whole;
    if (shown) return () => shown;
    const text = this.#server.moment();
    const { pending } = this.#document.loaded();
    return () => shownOver(text(), pending);
  }
}
