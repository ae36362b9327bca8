import type { Connection } from './connection.ts';
import { Delta } from './delta.ts';
import type { Environment } from './environment.ts';
import { type OpFrame, opsOf, type PresenceFrame, personOf, presenceFrame, presenceRequestFrame } from './protocol.ts';
import { sameFields } from './state.ts';
import type { Caret, Person, Range } from './types.ts';

/** What presence needs from its document. */
export interface PresenceHost {
  readonly document: string;
  readonly env: Environment;
  readonly connection: Connection;
  /** The revision this page has. */
  revision(): number;
  /** The unconfirmed edits. While there are any, no caret is sent: others could not place it. */
  pending(): readonly Delta[];
  /** `carets` changed. */
  moved(): void;
}

interface Remote extends Caret {
  readonly src: string;
  readonly pv: number;
}

/** The shortest time between two carets that are sent, ms. */
const sendInterval = 50;
/** How many of the last ops are remembered, to move carets that were sent before them. */
const maxLog = 200;

/** Who else has the document open, and where their carets are. Everybody moves all carets along with every change of the text, so
 * that only a real move of a caret is sent. */
export class Presence {
  carets: readonly Caret[] = [];
  people: readonly Person[] = [];
  #host: PresenceHost;
  #id: string;
  #pv = 0;
  #range: Range | null = null;
  #joined = false;
  /** Our caret as the others have it, moved along as they move it; undefined: they have none. */
  #announced: Range | null | undefined = undefined;
  #timer: unknown = null;
  #lastSent = Number.NEGATIVE_INFINITY;
  #remote = new Map<string, Remote>();
  /** Frames for a revision that this page does not have yet. */
  #early: PresenceFrame[] = [];
  /** The last committed ops. */
  #log: { v: number; src: string; delta: Delta }[] = [];

  constructor(host: PresenceHost) {
    this.#host = host;
    this.#id = host.env.randomId();
  }

  /** The document is caught up on a new connection. */
  online(): void {
    const { connection, document } = this.#host;
    connection.send(presenceRequestFrame('ps', document, connection.nextPresenceSeq()));
    this.#joined = true;
    this.#announced = undefined;
    this.#schedule();
  }

  /** The connection is lost, and with it everybody's presence. */
  offline(): void {
    this.#joined = false;
    this.#stopTimer();
    this.#log = [];
    this.#early = [];
    if (this.#remote.size === 0) return;
    this.#remote.clear();
    this.#publish();
  }

  /** Takes our caret away from the others, who then no longer see this editor. */
  leave(): void {
    const { connection, document } = this.#host;
    if (this.#joined && this.#announced !== undefined) this.#send(null);
    if (this.#joined) connection.send(presenceRequestFrame('pu', document, connection.nextPresenceSeq()));
    this.offline();
  }

  setRange(range: Range | null): void {
    this.#range = range && { index: range.index, length: range.length };
    this.#schedule();
  }

  /** Nothing is pending any more: a caret that was held back can be sent. */
  nothingPending(): void {
    if (this.#joined && !sameRange(this.#announced, this.#range)) this.#schedule();
  }

  /** Somebody opened the document and asks who else has: sends our caret again. */
  requested(): void {
    this.#announced = undefined;
    this.#schedule();
  }

  /** A local edit was made to what the editor shows. */
  edited(delta: Delta): void {
    this.#move(delta, null);
    this.#range = moveRange(this.#range, delta, false);
    if (this.#announced) this.#announced = moveRange(this.#announced, delta, false);
  }

  /** A committed op changed what the editor shows by `show`; our own changes nothing there. */
  committed(frame: OpFrame, committed: Delta, show: Delta | null): void {
    this.#log.push({ v: frame.v, src: frame.src, delta: committed });
    if (this.#log.length > maxLog) this.#log.shift();
    if (show) {
      this.#move(show, frame.src);
      this.#range = moveRange(this.#range, show, true);
      if (this.#announced) this.#announced = moveRange(this.#announced, show, true);
    }
    const due = this.#early;
    if (due.length === 0) return;
    this.#early = [];
    for (const early of due) this.receive(early);
  }

  /** What the editor shows was changed without an op. */
  corrected(show: Delta): void {
    this.#move(show, null);
    this.#range = moveRange(this.#range, show, true);
  }

  receive(frame: PresenceFrame): void {
    if (frame.error || frame.id === this.#id) return;
    const known = this.#remote.get(frame.id);
    if (frame.p === null) {
      if (this.#remote.delete(frame.id)) this.#publish();
      return;
    }
    if (known && frame.pv < known.pv) return;
    const v = frame.v ?? this.#host.revision();
    if (v > this.#host.revision()) {
      this.#early = [...this.#early.filter((one) => one.id !== frame.id), frame];
      return;
    }
    const { index, length, user } = frame.p;
    const src = frame.src ?? '';
    const range = index === undefined ? null : this.#shown({ index, length: length ?? 0 }, v, src);
    const person = personOf(user ?? { id: frame.id, name: '', color: 0 });
    this.#remote.set(frame.id, { id: frame.id, person, range, src, pv: frame.pv });
    this.#publish();
  }

  /** Moves a range from revision `v` of the server's text to what the editor shows. */
  #shown(range: Range, v: number, src: string): Range | null {
    let moved: Range | null = range;
    for (const op of this.#log) if (op.v >= v) moved = moveRange(moved, op.delta, op.src !== src);
    for (const mine of this.#host.pending()) moved = moveRange(moved, mine, true);
    return moved;
  }

  #move(delta: Delta, src: string | null): void {
    if (this.#remote.size === 0) return;
    let moved = false;
    for (const [id, caret] of this.#remote) {
      const range = moveRange(caret.range, delta, caret.src !== src);
      if (sameRange(range, caret.range)) continue;
      this.#remote.set(id, { ...caret, range });
      moved = true;
    }
    if (moved) this.#publish();
  }

  #publish(): void {
    const all = [...this.#remote.values()];
    this.carets = all.map(({ id, person, range }) => ({ id, person, range }));
    const people = [...new Map(all.map(({ person }) => [person.id, person])).values()];
    if (!samePeople(people, this.people)) this.people = people;
    this.#host.moved();
  }

  #schedule(): void {
    if (!this.#joined || this.#timer !== null) return;
    const { env } = this.#host;
    this.#timer = env.setTimeout(
      () => {
        this.#timer = null;
        if (this.#host.pending().length > 0 || sameRange(this.#announced, this.#range)) return;
        this.#announced = this.#range;
        this.#send(this.#range ?? {});
      },
      Math.max(0, this.#lastSent + sendInterval - env.now()),
    );
  }

  #send(p: object | null): void {
    const { connection, document, env } = this.#host;
    this.#lastSent = env.now();
    connection.send(presenceFrame(document, this.#id, this.#pv++, this.#host.revision(), p));
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#host.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** `stay`: an insert exactly at the caret does not move it. One's own insert does. */
function moveRange(range: Range | null, delta: Delta, stay: boolean): Range | null {
  if (!range) return null;
  const start = delta.transformPosition(range.index, stay);
  const end = delta.transformPosition(range.index + range.length, stay);
  return { index: start, length: Math.max(0, end - start) };
}

function sameRange(a: Range | null | undefined, b: Range | null | undefined): boolean {
  if (!a || !b) return a === b;
  return a.index === b.index && a.length === b.length;
}

function samePeople(a: readonly Person[], b: readonly Person[]): boolean {
  return a.length === b.length && a.every((one, i) => sameFields(one, b[i] ?? {}));
}

/** Returns the delta of an op frame. */
export function deltaOf(frame: OpFrame): Delta {
  return new Delta(opsOf(frame.op));
}
