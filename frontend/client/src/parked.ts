import { Delta } from './delta.ts';
import type { FrameError } from './protocol.ts';
import type { ParkedRecord } from './store.ts';
import type { Parked, ParkedReason } from './types.ts';

/** Returns a stored record as the application sees it. */
export function parkedFromRecord(record: ParkedRecord): Parked {
  const { ops, user: _, ...rest } = record;
  const delta = new Delta(ops);
  return { ...rest, delta, text: textOf(delta) };
}

/** Returns the inserted text alone. Pieces from different places in the document each go on a line of their own. */
export function textOf(delta: Delta): string {
  let text = '';
  let apart = false;
  for (const op of delta.ops) {
    if (typeof op.insert === 'string') {
      if (apart && text !== '' && !text.endsWith('\n')) text += '\n';
      text += op.insert;
      apart = false;
    } else if (op.insert === undefined && op.delete === undefined) apart = true;
  }
  return text;
}

/** Returns what to insert when parked text is put back: its inserts alone, without its deletions and format changes. */
export function insertionOf(parked: Parked): Delta {
  return parked.delta.ops.reduce((all, op) => (op.insert === undefined ? all : all.push(op)), new Delta());
}

/** Returns the reason for which an op was refused, as a code for the application to put into words. */
export function reasonOf(error: FrameError): ParkedReason {
  switch (error.code) {
    case 'ERR_FORBIDDEN':
      return 'role';
    case 'ERR_FRAME_TOO_LARGE':
      return 'too-large';
    case 'ERR_DOC_WAS_DELETED':
    case 'ERR_DOC_DOES_NOT_EXIST':
      return 'deleted';
    default:
      return 'refused';
  }
}
