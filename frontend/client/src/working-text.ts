import { Delta } from './delta.ts';
import type { DocumentCore } from './document-core.ts';
import { reachOf } from './edits.ts';
import { QuireError } from './error.ts';
import { clean } from './formats.ts';
import { withPending } from './pending.ts';
import { ServerText } from './server-text.ts';
import { DocumentText } from './text.ts';
import type { ChangeSource, DocumentEvents, PlainText } from './types.ts';
import { type EditorChange, Undelivered } from './undelivered.ts';
import type { Listeners } from './watch.ts';

/** The text of an open document: the server's text, this page's edits over it, and how much of both the editor shows. */
export class WorkingText {
  readonly #document: DocumentCore;
  readonly #listeners: Listeners<DocumentEvents>;
  readonly #server = new ServerText();
  readonly #undelivered = new Undelivered();
  /** Length of the whole text in UTF-16 code units. */
  #length = 0;
  /** The whole text, once it has been asked for. */
  #whole: Delta | null = null;
  #plain: DocumentText | null = null;

  constructor(document: DocumentCore, listeners: Listeners<DocumentEvents>) {
    this.#document = document;
    this.#listeners = listeners;
  }

  /** Returns the server's text. */
  server(): Delta {
    return this.#server.whole();
  }

  /** Returns the server's text with all edits of this page in it. Throws a QuireError before the document is loaded. */
  whole(): Delta {
    const queue = this.#document.loadedQueue();
    this.#whole ??= withPending(this.#server.whole(), queue.pending);
    return this.#whole;
  }

  /** Returns what the editor shows: the whole text without the changes not delivered yet. Throws a QuireError before the document is
   * loaded. */
  shown(): Delta {
    const whole = this.whole();
    return this.#undelivered.shown() ?? whole;
  }

  /** Moves a position in what the editor shows to the whole text. */
  position(index: number): number {
    return this.#undelivered.position(index);
  }

  /** Returns the document as plain text; `edit` receives the edits made to it. */
  plain(edit: (delta: Delta) => void): PlainText {
    this.#plain ??= new DocumentText(this.#document.context.callbacks, {
      edit,
      contents: () => (this.#document.queue ? this.shown() : null),
    });
    return this.#plain;
  }

  /** Starts with the server's text and nothing pending over it. */
  load(text: Delta): void {
    this.#server.load(text);
    this.#length = text.length();
    this.#whole = text;
  }

  /** Takes in an edit that the editor already shows; `put` receives what the document takes of it. If that is less, the editor is told
   * the correction. Throws a QuireError `out-of-range` if the edit reaches past what the editor shows. */
  edit(own: Delta, put: (delta: Delta) => void): void {
    const reach = reachOf(own);
    const length = this.#length - this.#undelivered.growth;
    if (reach > length)
      throw new QuireError('out-of-range', `an edit reaches to ${reach} in a document of ${length} units`);
    const before = this.#captureShown();
    this.#plain?.edited(own);
    this.#undelivered.during(
      () => before().compose(own),
      () => {
        const original = this.#undelivered.rebase(own);
        const delta = clean(original, this.#document.context.formats());
        const correction = delta === original ? null : original.invert(this.whole()).compose(delta);
        if (delta.ops.length > 0) put(delta);
        if (correction && correction.ops.length > 0) this.tell(correction, 'correction');
      },
    );
  }

  /** Inserts at a position in what the editor shows, before the last newline, and tells the editor; `put` receives the edit. */
  insert(insertion: Delta, index: number, put: (delta: Delta) => void): void {
    const at = Math.max(0, Math.min(this.position(index), this.#length - 1));
    const delta = clean(new Delta().retain(at).concat(insertion).chop(), this.#document.context.formats());
    this.#undelivered.during(this.#captureShown(), () => {
      put(delta);
      this.tell(delta, 'restored');
    });
  }

  /** The pending edits changed the whole text by `delta`. */
  moved(delta: Delta): void {
    this.#whole = null;
    this.#length += delta.changeLength();
  }

  /** Our op was committed. */
  confirmed(op: Delta): void {
    this.#server.apply(op);
  }

  /** Somebody else's op was committed; `show` is the same op as a change of the whole text. */
  received(op: Delta, show: Delta): void {
    this.#server.apply(op);
    this.moved(show);
  }

  /** Tells the editor that the text is here. */
  tellLoaded(): void {
    this.#document.context.callbacks.queueChange(() => {
      this.#plain?.loaded(this.shown());
      this.#listeners.tell('load', this.shown());
    });
  }

  /** Tells the editor of a change of the whole text, once its own call has returned. */
  tell(delta: Delta, source: ChangeSource): void {
    const change: EditorChange = { delta, source };
    this.#undelivered.add(change);
    this.#document.context.callbacks.queueChange(() => {
      this.#undelivered.delivered();
      if (change.delta.ops.length === 0) return;
      this.#plain?.changed(change.delta, source);
      this.#listeners.tell('change', { delta: change.delta, source, revision: this.#document.revision });
    });
  }

  /** Captures what the editor shows now, which is only put together if the returned function is called. */
  #captureShown(): () => Delta {
    const shown = this.#undelivered.shown() ?? this.#whole;
    if (shown) return () => shown;
    const text = this.#server.capture();
    const { pending } = this.#document.loadedQueue();
    return () => withPending(text(), pending);
  }
}
