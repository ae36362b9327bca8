import { Delta } from './delta.ts';
import type { FrameError } from './protocol.ts';
import type { ParkedRecord } from './store.ts';
import type { Parked, ParkedReason } from './types.ts';

/** A parked text as the app sees it. */
export function parkedOf(record: ParkedRecord): Parked {
  const { ops, user: _, ...rest } = record;
  const delta = new Delta(ops);
  return { ...rest, delta, text: textOf(delta) };
}

/** The inserted text alone. Pieces that stood apart are put on lines of their own. */
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

/** What to insert when parked text is put back: its inserts, without what it deleted or formatted. */
export function insertionOf(parked: Parked): Delta {
  return parked.delta.ops.reduce((all, op) => (op.insert === undefined ? all : all.push(op)), new Delta());
}

/** Why an op was refused, in the words that an app can translate. */
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
