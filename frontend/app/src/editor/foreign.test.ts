import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test } from 'vitest';
import { createQuill } from './editor';
import { takeBack } from './take-back';
import { typist } from './typist';

afterEach(() => document.body.replaceChildren());

/** Numbers from a seed, so that what failed once fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Anything that can be done to a page. */
function disturb(root: HTMLElement, next: (below: number) => number): void {
  const all = [...root.querySelectorAll(':not(.ql-ui)'), root];
  const element = all[next(all.length)] as Element;
  const child = element.childNodes[next(element.childNodes.length + 1)] ?? null;
  const made = document.createElement(['font', 'mark', 'p', 'span'][next(4)] as string);
  const what = next(9);
  if (what === 0) element.insertBefore(made, child);
  else if (what === 1) child?.remove();
  else if (what === 2) element.setAttribute(['class', 'style', 'data-list'][next(3)] as string, 'color: red');
  else if (what === 3) element.removeAttribute('class');
  else if (what === 4 && child instanceof Text) child.data = 'autre chose';
  else if (what === 5 && child instanceof Text && child.length > 1) child.splitText(1);
  else if (what === 6) element.textContent = 'tout';
  else if (what === 7) root.append(child ?? made);
  else if (child) {
    child.replaceWith(made);
    made.append(child, 'plus');
  }
}

test('any changes of a page are taken back, node for node (seeds 1–200)', () => {
  const root = document.createElement('div');
  document.body.append(root);
  for (let seed = 1; seed <= 200; seed++) {
    const next = numbers(seed);
    root.innerHTML =
      '<p class="a">one <b>two</b> three</p><ol><li data-list="bullet">four</li><li>five</li></ol><p><br></p>';
    const html = root.innerHTML;
    const nodes = [...root.querySelectorAll('*')];
    const observer = new MutationObserver(() => {});
    observer.observe(root, {
      attributes: true,
      attributeOldValue: true,
      characterData: true,
      characterDataOldValue: true,
      childList: true,
      subtree: true,
    });
    for (let times = 1 + next(6); times > 0; times--) disturb(root, next);
    takeBack(observer.takeRecords());
    observer.disconnect();
    expect(root.innerHTML, `seed ${seed}`).toBe(html);
    expect([...root.querySelectorAll('*')], `seed ${seed}`).toEqual(nodes);
  }
});

test('what changes the page without an input is undone, unheard, and what is typed between is kept (seeds 1–20)', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = numbers(seed);
    const host = document.createElement('div');
    document.body.append(host);
    const quill = createQuill(host);
    quill.setContents(
      new Delta().insert('First ').insert('line', { bold: true }).insert('\nitem').insert('\n', { list: 'checked' }),
    );
    const heard: Delta[] = [];
    quill.on('text-change', (change: Delta) => heard.push(change));
    const { type } = typist(quill);
    quill.setSelection(6, 0, Quill.sources.USER);
    for (let step = 0; step < 6; step++) {
      const html = quill.root.innerHTML;
      for (let times = 1 + next(3); times > 0; times--) disturb(quill.root, next);
      await Promise.resolve(); // as page scripts end, and the observer hears
      expect(quill.root.innerHTML, `seed ${seed}`).toBe(html);
      type('x');
      expect(quill.getText(), `seed ${seed}`).toBe(`First ${'x'.repeat(step + 1)}line\nitem\n`);
    }
    expect(heard, `seed ${seed}`).toHaveLength(6);
    host.remove();
  }
});

test('what changes the page while somebody types is not typed (seeds 1–60)', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const next = numbers(seed);
    const host = document.createElement('div');
    document.body.append(host);
    const quill = createQuill(host);
    const text = new Delta()
      .insert('First ')
      .insert('line', { bold: true })
      .insert('\nitem')
      .insert('\n', { list: 'checked' });
    quill.setContents(text);
    let expected: Delta = text;
    const { type } = typist(quill, () => {
      for (let times = next(3); times > 0; times--) disturb(quill.root, next);
    });
    for (let step = 0; step < 6; step++) {
      const index = next(expected.length());
      quill.setSelection(index, 0, Quill.sources.USER);
      const formats = quill.getFormat(index).bold ? { bold: true } : {};
      type('x');
      expected = expected.compose(new Delta().retain(index).insert('x', formats));
      await Promise.resolve();
      expect(quill.getContents().ops, `seed ${seed}, step ${step}`).toEqual(expected.ops);
    }
    host.remove();
  }
});
