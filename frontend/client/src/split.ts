import type { ServerLimits } from './client-types.ts';
import { Delta, type Op } from './delta.ts';

/** How much one frame may hold. */
export interface SplitLimits {
  /** Bytes of the op as JSON. */
  readonly bytes: number;
  readonly components: number;
}

/** Far below the server's limits (1 MiB, 100,000), so that others see a large paste arrive bit by bit and wait for nothing. */
export const defaultSplitLimits: SplitLimits = { bytes: 32 * 1024, components: 5000 };

/** Returns our limits, lowered where the server's are lower. Null: the server has not told its limits yet. */
export function splitLimits(server: ServerLimits | null): SplitLimits {
  if (!server) return defaultSplitLimits;
  const bytes = Math.min(defaultSplitLimits.bytes, Math.max(1024, server.frame >> 1));
  return { bytes, components: Math.min(defaultSplitLimits.components, server.components) };
}

/** A piece of text shorter than this, in UTF-16 code units, is not cut off but left for the next frame. */
const worthwhile = 256;

const utf8 = new TextEncoder();

/** Splits a large op. `first` followed by `rest` has the effect of `op`; `rest` is null if `op` fits. A single embed larger than the
 * limit goes alone. Text is not cut inside a surrogate pair. */
export function split(op: Delta, limits: SplitLimits = defaultSplitLimits): [first: Delta, rest: Delta | null] {
  let room = limits.bytes;
  let made = 0; // how many units of the document `first` passes or inserts: where `rest` begins
  let progress = false; // `first` changes something: a retain alone would be split off again and again
  for (const [i, component] of op.ops.entries()) {
    const size = jsonBytes(component) + 1; // 1 for the comma
    const skips = isSkip(component);
    const fits = size <= room && i < limits.components;
    if (!fits && !(skips && !progress)) {
      const cut = i < limits.components || !progress ? fittingText(component, room, !progress) : 0;
      if (cut > 0) return cutInside(op, i, made, cut);
      if (progress) return [new Delta(op.ops.slice(0, i)), restOf(made, op.ops.slice(i))];
    }
    room -= size;
    made += unitsLeft(component);
    progress ||= !skips;
  }
  return [op, null];
}

function cutInside(op: Delta, at: number, made: number, cut: number): [Delta, Delta] {
  const component = op.ops[at] as Op;
  const text = component.insert as string;
  const first = [...op.ops.slice(0, at), { ...component, insert: text.slice(0, cut) }];
  return [new Delta(first), restOf(made + cut, [{ ...component, insert: text.slice(cut) }, ...op.ops.slice(at + 1)])];
}

function isSkip(component: Op): boolean {
  return component.retain !== undefined && component.attributes === undefined;
}

function restOf(skip: number, ops: Op[]): Delta {
  return new Delta(skip > 0 ? [{ retain: skip }, ...ops] : ops);
}

/** Returns how many units of a text insert fit into `room` bytes, or 0 for an embed and for a piece too short to cut off. With
 * `must` it returns at least one character. */
function fittingText(component: Op, room: number, must: boolean): number {
  const text = component.insert;
  if (typeof text !== 'string') return 0;
  const frame = jsonBytes({ ...component, insert: '' }) + 1;
  let cut = Math.min(text.length - 1, room - frame);
  while (cut > 0 && jsonBytes({ ...component, insert: text.slice(0, cut) }) + 1 > room) cut = cut >> 1;
  if (cut > 0 && endsInsidePair(text, cut)) cut--;
  if (cut >= worthwhile) return cut;
  if (!must) return 0;
  const least = Math.max(cut, endsInsidePair(text, 1) ? 2 : 1);
  return least < text.length ? least : 0;
}

function endsInsidePair(text: string, cut: number): boolean {
  const before = text.charCodeAt(cut - 1);
  const after = text.charCodeAt(cut);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}

function unitsLeft(component: Op): number {
  if (typeof component.insert === 'string') return component.insert.length;
  if (component.insert !== undefined) return 1;
  return typeof component.retain === 'number' ? component.retain : 0;
}

function jsonBytes(component: Op): number {
  // Short ones are estimated from above: encoding is only worth it for long ones.
  const json = JSON.stringify(component);
  return json.length < 64 ? json.length * 3 : utf8.encode(json).length;
}
