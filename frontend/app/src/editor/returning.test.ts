import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test } from 'vitest';
import { createQuill } from './editor';
import { forgetPlaces, keepPlace, keptPlace } from './place';
import { Returning } from './returning';

let ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends) end();
  ends = [];
  document.body.replaceChildren();
  localStorage.clear();
});

function open(): { returning: Returning; quill: Quill } {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(new Delta().insert('One\nTwo\n'), Quill.sources.API);
  const returning = new Returning(quill, 'doc', () => 5);
  ends.push(() => returning.release());
  return { returning, quill };
}

const here = { line: 0, top: 0, caret: 5 };

test('who leaves at once is expected back where they were', () => {
  const { returning } = open();
  returning.shown();
  returning.keep();
  document.body.replaceChildren();
  returning.release();
  expect(keptPlace('doc')).toEqual(here);
});

test('who leaves the page is, too', () => {
  open().returning.shown();
  dispatchEvent(new Event('pagehide'));
  expect(keptPlace('doc')).toEqual(here);
});

test('a text that has not arrived has no place, and the one from before is kept', () => {
  keepPlace('doc', { line: 4, top: 10, caret: 6 });
  const { returning } = open();
  returning.keep();
  returning.release();
  expect(keptPlace('doc')).toEqual({ line: 4, top: 10, caret: 6 });
});

test('no place is kept of what is still on the page when its reader signs out', () => {
  const { returning, quill } = open();
  returning.shown();
  forgetPlaces();
  dispatchEvent(new Event('pagehide'));
  quill.emitter.emit('selection-change', null, null, 'user');
  returning.keep();
  returning.release();
  expect(keptPlace('doc')).toBeNull();
  const next = open().returning; // who signs in next
  next.shown();
  next.keep();
  expect(keptPlace('doc')).toEqual(here);
});
