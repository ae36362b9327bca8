import type Delta from 'quill-delta';

/** Whether two documents hold the same text and embeds at the same places. Formats may differ: another application may have
 * put two on one line of which an editor can show one. */
export function sameText(a: Delta, b: Delta): boolean {
  return plain(a) === plain(b);
}

/** Whether two documents are the same in everything, however their ops are cut. */
export function sameDocument(a: Delta, b: Delta): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function plain(delta: Delta): string {
  return delta.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\ufffc')).join('');
}

function canonical(delta: Delta): unknown[] {
  const out: { insert: unknown; attributes: string }[] = [];
  for (const op of delta.ops) {
    const attributes = JSON.stringify(
      Object.entries(op.attributes ?? {})
        .filter(([, value]) => value !== null && value !== '')
        .sort(),
    );
    const last = out.at(-1);
    if (typeof op.insert === 'string' && typeof last?.insert === 'string' && last.attributes === attributes)
      last.insert += op.insert;
    else out.push({ insert: op.insert, attributes });
  }
  return out;
}
