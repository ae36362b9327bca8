import type Quill from 'quill/core';
import { Input } from './input';
import { applyRules } from './typing';

/** A person at the keyboard, for tests without a browser. Changes the page as a browser would between the two events of an input, and
 * calls `Input` in place of those events, because scripts cannot fire trusted ones. `meanwhile` is what other programs do then. */
export function typist(quill: Quill, meanwhile = () => {}): { type: (words: string) => void } {
  const input = new Input(quill, (done) => applyRules(quill, done));
  return {
    type(words) {
      for (const key of words) {
        if (key === '\n') {
          input.begin('insertParagraph');
          quill.root.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }));
          input.end();
          continue;
        }
        input.begin('insertText', beforeInput(key));
        meanwhile();
        if (input.go()) continue;
        meanwhile();
        write(key);
        meanwhile();
        input.entered('insertText');
      }
    },
  };
}

/** Returns the event that a browser fires before a letter; the tests' DOM has none. */
function beforeInput(data: string): InputEvent {
  const targetRanges = [(document.getSelection() as Selection).getRangeAt(0)];
  const event = new InputEvent('beforeinput', { inputType: 'insertText', data, cancelable: true });
  return Object.assign(event, { getTargetRanges: () => targetRanges });
}

/** Inserts a letter as a browser does: into the text node at the caret, or in place of the <br> of an empty line. */
function write(key: string): void {
  const selection = document.getSelection() as Selection;
  if (selection.rangeCount === 0) return;
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
