import { act, createElement, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standTranslation } from './translated';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** Ways in which texts are translated behind React's back. */
const translators: [string, (text: Text, words: Element) => void][] = [
  ['in one step', (text, words) => text.replaceWith(words)],
  [
    'in two steps',
    (text, words) => {
      text.parentNode?.insertBefore(words, text);
      text.remove();
    },
  ],
  [
    'around the text',
    (text, words) => {
      text.replaceWith(words);
      words.replaceChildren(text);
    },
  ],
];

function translate(root: Element, how: (text: Text, words: Element) => void): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const words = document.createElement('font');
    words.append(`<${text.data}>`);
    how(text, words);
  }
}

/** Texts that stand beside each other, change, come and go. */
function Said({ edits, more }: { edits: number; more: boolean }): ReactNode {
  return createElement(
    'p',
    null,
    edits,
    ' edits',
    more && ' kept here',
    more ? createElement('b', null, '!') : null,
    '.',
  );
}

describe('a page that is translated', () => {
  let root: HTMLElement;
  let end = () => {};
  beforeEach(() => {
    root = document.body.appendChild(document.createElement('div'));
    end = standTranslation(document.body);
  });
  afterEach(() => {
    end();
    root.remove();
  });

  it.each(translators)('goes on saying what is true, translated %s', async (_, how) => {
    const react = createRoot(root);
    const say = async (edits: number, more: boolean) => {
      await act(async () => react.render(createElement(Said, { edits, more })));
      await Promise.resolve();
    };
    await say(1, false);
    for (const [edits, more] of [
      [2, true],
      [2, false],
      [3, false],
      [4, true],
    ] as const) {
      translate(root, how);
      await Promise.resolve(); // what was observed is told
      await say(edits, more);
      const said = root.textContent?.replaceAll(/[<>]/g, '');
      expect(said).toBe(`${edits} edits${more ? ' kept here!' : ''}.`);
    }
    await act(async () => react.unmount());
    expect(root.textContent).toBe('');
  });

  it('throws as ever where the mistake is our own', () => {
    const stranger = document.createTextNode('');
    expect(() => root.removeChild(stranger)).toThrow();
    expect(() => root.insertBefore(document.createElement('b'), stranger)).toThrow();
  });
});
