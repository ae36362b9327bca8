// What quill-delta says about one case {doc, a, b, c}: a and b are ops made on doc, c is one made on doc after a.
import Delta from 'quill-delta';

export function answer({ doc, a, b, c }) {
  const [d, x, y, z] = [doc, a, b, c].map((ops) => new Delta(ops));
  const positions = Array.from({ length: Math.min(d.length(), 12) + 2 }, (_, i) => i);
  return {
    applied: d.compose(x).ops,
    composed: x.compose(z).ops,
    twice: d.compose(x).compose(z).ops,
    first: x.transform(y, true).ops,
    second: x.transform(y, false).ops,
    merged: d.compose(x).compose(x.transform(y, true)).ops,
    undo: x.invert(d).ops,
    stays: positions.map((p) => x.transform(p, true)),
    pushed: positions.map((p) => x.transform(p, false)),
  };
}
