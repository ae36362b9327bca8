import Quill, { type Delta } from 'quill/core';
import type { QuireClipboard } from './clipboard';
import { createQuill } from './editor';
import { insertText } from './large-paste';

/** Returns an editor with a working clipboard, for tests without a browser. */
export function openWith(contents: Delta): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(contents, Quill.sources.API);
  const clipboard = quill.clipboard as QuireClipboard;
  clipboard.options.insert = (range, text, line) => insertText(quill, range, text, () => {}, line);
  return quill;
}

/** Returns a clipboard for events. */
export function createClipboard(of: Record<string, string> = {}) {
  const held = new Map(Object.entries(of));
  const data = {
    files: [],
    getData: (type: string) => held.get(type) ?? '',
    setData: (type: string, text: string) => void held.set(type, text),
  };
  return {
    /** Keeps only what other programs read. */
    foreign: () => void held.delete('application/x-quire-delta+json'),
    tell(quill: Quill, type: 'copy' | 'cut' | 'paste') {
      quill.root.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { clipboardData: data }));
    },
  };
}
