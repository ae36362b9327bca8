import type Quill from 'quill/core';
import { Input } from './input';
import { applyRules } from './typing';

/** A person at the keyboard, for tests without a browser: changes the page as a browser would, between the two events by
 * which it tells of an input (only a browser can make those that count). */
export function typist(quill: Quill): { type: (words: string) => void } {
  const input = new Input(quill, (done) => applyRules(quill, done));
  return {
    type(words) {
      for (const key of words) {
        input.begin(key === '\n' ? 'insertParagraph' : 'insertText');
        if (key === '\n') quill.root.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }));
        else write(key);
        input.end();
      }
    },
  };
}

/** What a browser does for a letter: into the text at the caret, or in place of the <br> of an empty line. */
function write(key: string): void {
  const selection = document.getSelection() as Selection;
  selection.deleteFromDocument();
  const { startContainer, startOffset } = selection.getRangeAt(0);
  if (startContainer instanceof Text) {
    startContainer.insertData(startOffset, key);
    selection.collapse(startContainer, startOffset + key.length);
    return;
  }
  const text = document.createTextNode(key);
  const beside = startContainer.childNodes[startOffset] ?? null;
  startContainer.insertBefore(text, beside);
  if (beside instanceof HTMLBRElement) beside.remove();
  selection.collapse(text, key.length);
}
