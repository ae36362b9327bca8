import type { Connection } from './connection.ts';
import { Delta } from './delta.ts';
import type { Environment } from './environment.ts';
import { type OpFrame, opsOf, type PresenceFrame, personOf, presenceFrame, presenceRequestFrame } from './protocol.ts';
import { sameFields } from './state.ts';
import type { Caret, Person, Range } from './types.ts';

/** What presence needs to know of its document. */
export interface Place {
  readonly document: string;
  readonly env: Environment;
  readonly connection: Connection;
  /** The revision that is here, and whether the text holds unconfirmed edits: a caret among them means nothing to others. */
  revision(): number;
  pending(): readonly Delta[];
  moved(): void;
}

interface Remote extends Caret {
  readonly src: string;
  readonly pv: number;
}

const sendEvery = 50;
/** How many of the last ops are remembered, to bring along a caret that was sent before them. */
const remembered = 200;

/** Who else is here, and where: carets move with every change by themselves, so that only a real move is sent. */
export class Presence {
  carets: readonly Caret[] = [];
  people: readonly Person[] = [];
  #place: Place;
  #id: string;
  #pv = 0;
  #range: Range | null = null;
  #joined = false;
  /** What the others believe, moved as they move it; undefined: nothing yet. */
  #told: Range | null | undefined = undefined;
  #timer: unknown = null;
  #lastSent = Number.NEGATIVE_INFINITY;
  #remote = new Map<string, Remote>();
  #early: PresenceFrame[] = [];
  #log: { v: number; src: string; delta: Delta }[] = [];

  constructor(place: Place) {
    this.#place = place;
    this.#id = place.env.randomId();
  }

  /** Subscribed to the document on a new connection. */
  online(): void {
    const { connection, document } = this.#place;
    connection.send(presenceRequestFrame('ps', document, connection.nextPresenceSeq()));
    this.#joined = true;
    this.#told = undefined;
    this.#schedule();
  }

  /** Others cannot be seen any more. */
  offline(): void {
    this.#joined = false;
    this.#stopTimer();
    this.#log = [];
    this.#early = [];
    if (this.#remote.size === 0) return;
    this.#remote.clear();
    this.#publish();
  }

  /** Says goodbye. */
  leave(): void {
    const { connection, document } = this.#place;
    if (this.#joined && this.#told !== undefined) this.#send(null);
    if (this.#joined) connection.send(presenceRequestFrame('pu', document, connection.nextPresenceSeq()));
    this.offline();
  }

  setRange(range: Range | null): void {
    this.#range = range && { index: range.index, length: range.length };
    this.#schedule();
  }

  /** Nothing is pending any more: what could not be told before can be now. */
  settled(): void {
    if (this.#joined && !sameRange(this.#told, this.#range)) this.#schedule();
  }

  /** Somebody came and asks who is here. */
  asked(): void {
    this.#told = undefined;
    this.#schedule();
  }

  /** A local edit was made to what the editor shows. */
  edited(delta: Delta): void {
    this.#move(delta, null);
    this.#range = moveRange(this.#range, delta, false);
    if (this.#told) this.#told = moveRange(this.#told, delta, false);
  }

  /** A committed op changed what the editor shows by `show`; our own changes nothing there. */
  committed(frame: OpFrame, committed: Delta, show: Delta | null): void {
    this.#log.push({ v: frame.v, src: frame.src, delta: committed });
    if (this.#log.length > remembered) this.#log.shift();
    if (show) {
      this.#move(show, frame.src);
      this.#range = moveRange(this.#range, show, true);
      if (this.#told) this.#told = moveRange(this.#told, show, true);
    }
    const due = this.#early;
    if (due.length === 0) return;
    this.#early = [];
    for (const early of due) this.receive(early);
  }

  /** The text was put right without an op. */
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
    const v = frame.v ?? this.#place.revision();
    if (v > this.#place.revision()) {
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

  /** From revision `v` of the server's text to what the editor shows. */
  #shown(range: Range, v: number, src: string): Range | null {
    let moved: Range | null = range;
    for (const op of this.#log) if (op.v >= v) moved = moveRange(moved, op.delta, op.src !== src);
    for (const mine of this.#place.pending()) moved = moveRange(moved, mine, true);
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
    this.#place.moved();
  }

  #schedule(): void {
    if (!this.#joined || this.#timer !== null) return;
    const { env } = this.#place;
    this.#timer = env.setTimeout(
      () => {
        this.#timer = null;
        if (this.#place.pending().length > 0 || sameRange(this.#told, this.#range)) return;
        this.#told = this.#range;
        this.#send(this.#range ?? {});
      },
      Math.max(0, this.#lastSent + sendEvery - env.now()),
    );
  }

  #send(p: object | null): void {
    const { connection, document, env } = this.#place;
    this.#lastSent = env.now();
    connection.send(presenceFrame(document, this.#id, this.#pv++, this.#place.revision(), p));
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#place.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** `stay`: an insert exactly at the caret leaves it where it is; one's own pushes it on. */
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

/** The delta of an op frame. */
export function deltaOf(frame: OpFrame): Delta {
  return new Delta(opsOf(frame.op));
}
