import type { Change, QuireDocument } from '@quire/client';
import Quill, { Delta } from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Binding } from './binding';
import { describeBoxes } from './blots/list-item';
import { QuireClipboard } from './clipboard';
import { type Commands, createCommands } from './commands';
import { sameDocument } from './drift';
import { QuireUploader } from './drop';
import { createQuill } from './editor';
import { isAccepted } from './table';
import { typist } from './typist';

/** A document that keeps what it is given, as the client does, and can speak for others. */
function createDocument(initial: Delta) {
  let contents = initial;
  const edits: Delta[] = [];
  const listeners = new Set<(change: Change) => void>();
  const document = {
    getSnapshot: () => ({ loaded: true, revision: 1 }),
    contents: () => contents,
    edit(delta: Delta) {
      edits.push(delta);
      contents = contents.compose(new Delta(delta.ops));
    },
    on(event: string, listener: (change: Change) => void) {
      if (event === 'change') listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as QuireDocument;
  const remote = (delta: Delta) => {
    contents = contents.compose(delta);
    for (const listener of listeners) listener({ delta, source: 'remote', revision: 2 });
  };
  return { document, edits, remote, contents: () => contents };
}

const text = new Delta()
  .insert('First line, bold')
  .insert('\n', { header: 1 })
  .insert('An item')
  .insert('\n', { list: 'bullet' })
  .insert('plain ')
  .insert('linked', { link: 'https://example.org' })
  .insert(' words\n')
  .insert({ divider: true })
  .insert('code()')
  .insert('\n', { 'code-block': 'js' })
  .insert({ image: 'https://example.org/a.png' }, { alt: 'a' })
  .insert('\n');

let host: HTMLElement;
let quill: Quill;
let commands: Commands;
let opened: ReturnType<typeof createDocument>;
let type: (words: string) => void;

let binding: Binding;

function open(contents: Delta) {
  host = document.createElement('div');
  document.body.append(host);
  quill = createQuill(host);
  opened = createDocument(contents);
  binding = new Binding(quill, opened.document);
  commands = createCommands(quill);
  type = typist(quill).type;
}

function expectAccepted() {
  for (const edit of opened.edits) expect(isAccepted(edit), JSON.stringify(edit.ops)).toBe(true);
  expect(sameDocument(quill.getContents(), opened.contents())).toBe(true);
}

beforeEach(() => {
  Quill.register(
    {
      'modules/clipboard': QuireClipboard,
      'modules/uploader': QuireUploader,
      'modules/cursors': QuillCursors,
    } as never,
    true,
  );
});
afterEach(() => host?.remove());

test('the editor shows a document exactly as it is, in every format of the table', () => {
  const every = text
    .concat(
      new Delta().insert('x', {
        color: '#F00',
        background: 'rgb(1, 2, 3)',
        script: 'sub',
        underline: true,
        strike: true,
      }),
    )
    .concat(
      new Delta().insert('y', { bold: true, italic: true, code: true }).insert('\n', { align: 'center', indent: 3 }),
    )
    .concat(new Delta().insert('z').insert('\n', { list: 'checked', direction: 'rtl' }))
    .concat(new Delta().insert('q').insert('\n', { blockquote: true }).insert('c').insert('\n', { 'code-block': true }))
    .concat(new Delta().insert('h').insert('\n', { header: 6 }))
    .concat(
      new Delta()
        .insert({ image: '/own.png' }, { width: '50%', height: '20', link: 'mailto:a@example.org' })
        .insert('\n'),
    );
  open(every);
  expect(sameDocument(quill.getContents(), every)).toBe(true);
});

describe('E3: every action of the toolbar gives only what the server takes', () => {
  const actions: [string, (c: Commands) => unknown][] = [
    ...(['bold', 'italic', 'underline', 'strike', 'code'] as const).map(
      (format): [string, (c: Commands) => unknown] => [format, (c) => c.toggle(format)],
    ),
    ...(['paragraph', 1, 2, 3, 4, 5, 6] as const).map((style): [string, (c: Commands) => unknown] => [
      `style ${style}`,
      (c) => c.style(style),
    ]),
    ...(['bullet', 'ordered', 'check'] as const).map((kind): [string, (c: Commands) => unknown] => [
      kind,
      (c) => c.list(kind),
    ]),
    ...(['left', 'center', 'right', 'justify'] as const).map((to): [string, (c: Commands) => unknown] => [
      to,
      (c) => c.align(to),
    ]),
    ['indent', (c) => c.indent(1)],
    ['outdent', (c) => c.indent(-1)],
    ['quote', (c) => c.quote()],
    ['code block', (c) => c.codeBlock()],
    ['divider', (c) => c.divider()],
    ['colour', (c) => c.colour('color', '#af3e30')],
    ['no colour', (c) => c.colour('color', null)],
    ['marker', (c) => c.colour('background', '#fff2a8')],
    ['a colour outside the table', (c) => c.colour('color', 'url(x)')],
    ['link', (c) => c.link('https://example.org/x', quill.getSelection() ?? { index: 0, length: 0 })],
    ['a link outside the table', (c) => c.link('javascript:alert(1)', { index: 0, length: 4 })],
    ['unlink', (c) => c.unlink({ index: 20, length: 14 })],
    ['clear', (c) => c.clear()],
    ['lines up', (c) => c.moveLines(true)],
    ['lines down', (c) => c.moveLines(false)],
    ['undo', (c) => c.undo()],
    ['redo', (c) => c.redo()],
  ];
  const places: [string, number, number][] = [
    ['at the start', 0, 0],
    ['in a word', 4, 3],
    ['over a heading and an item', 3, 18],
    ['over a link', 30, 8],
    ['over everything', 0, text.length() - 1],
    ['in code', 46, 2],
    ['at the end', text.length() - 1, 0],
  ];
  test.each(actions)('%s', (_name, action) => {
    for (const [, index, length] of places) {
      open(text);
      quill.setSelection(index, length, 'silent');
      action(commands);
      quill.setSelection(index, Math.min(length, quill.getLength() - 1 - index), 'silent');
      action(commands); // and back
      expectAccepted();
      commands.undo();
      commands.undo();
      expectAccepted();
      host.remove();
    }
  });

  test('an indent never passes 8', () => {
    open(new Delta().insert('x').insert('\n', { list: 'bullet' }));
    quill.setSelection(0, 0, 'silent');
    for (let i = 0; i < 12; i++) commands.indent(1);
    expectAccepted();
    expect(quill.getFormat(0).indent).toBe(8);
  });

  test('lines move past each other whole, with the last newline where it was', () => {
    open(new Delta().insert('one').insert('\n', { header: 1 }).insert('two\nthree\n'));
    quill.setSelection(5, 0, 'silent');
    commands.moveLines(false);
    expect(quill.getText()).toBe('one\nthree\ntwo\n');
    commands.moveLines(true);
    commands.moveLines(true);
    expect(quill.getText()).toBe('two\none\nthree\n');
    expect(quill.getContents(4, 4).ops).toEqual([{ insert: 'one' }, { insert: '\n', attributes: { header: 1 } }]);
    expectAccepted();
  });
});

describe('E3: every Markdown rule gives only what the server takes', () => {
  const rules: [string, string, unknown[]][] = [
    ['heading 1', '# Title', [{ insert: 'Title' }, { insert: '\n', attributes: { header: 1 } }]],
    ['heading 3', '### Title', [{ insert: 'Title' }, { insert: '\n', attributes: { header: 3 } }]],
    ['bullet', '- item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'bullet' } }]],
    ['star', '* item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'bullet' } }]],
    ['number', '1. item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'ordered' } }]],
    ['check box', '[] item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'unchecked' } }]],
    ['check box with a space', '[ ] item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'unchecked' } }]],
    ['checked', '[x] item', [{ insert: 'item' }, { insert: '\n', attributes: { list: 'checked' } }]],
    [
      'a bullet that becomes a check box',
      '- [] item',
      [{ insert: 'item' }, { insert: '\n', attributes: { list: 'unchecked' } }],
    ],
    ['quote', '> words', [{ insert: 'words' }, { insert: '\n', attributes: { blockquote: true } }]],
    ['code block', '``` x', [{ insert: 'x' }, { insert: '\n', attributes: { 'code-block': true } }]],
    [
      'code block by Enter, with a language',
      '```js\nx',
      [{ insert: 'x' }, { insert: '\n', attributes: { 'code-block': 'js' } }],
    ],
    ['divider', '---', [{ insert: { divider: true } }, { insert: '\n\n' }]],
    ['bold', 'a **b c** d', [{ insert: 'a ' }, { insert: 'b c', attributes: { bold: true } }, { insert: ' d\n' }]],
    ['italic', '_b_ d', [{ insert: 'b', attributes: { italic: true } }, { insert: ' d\n' }]],
    ['strike', '~~b~~ d', [{ insert: 'b', attributes: { strike: true } }, { insert: ' d\n' }]],
    ['code', 'a `b` d', [{ insert: 'a ' }, { insert: 'b', attributes: { code: true } }, { insert: ' d\n' }]],
    ['a word with underscores is left alone', 'snake_case_name', [{ insert: 'snake_case_name\n' }]],
    ['stars between numbers are left alone', '2 ** 3 ** 4', [{ insert: '2 ** 3 ** 4\n' }]],
    ['seven hashes are words', '####### x', [{ insert: '####### x\n' }]],
    ['in the middle of a line nothing begins', 'a - b', [{ insert: 'a - b\n' }]],
  ];
  test.each(rules)('%s', (_name, words, expected) => {
    open(new Delta().insert('\n'));
    quill.setSelection(0, 0, 'silent');
    type(words);
    expect(quill.getContents().ops).toEqual(expected);
    expectAccepted();
  });

  test('undo takes back the rule and leaves what was typed', () => {
    open(new Delta().insert('\n'));
    quill.setSelection(0, 0, 'silent');
    type('# ');
    expect(quill.getFormat(0).header).toBe(1);
    commands.undo();
    expect(quill.getContents().ops).toEqual([{ insert: '# \n' }]);
    expectAccepted();
  });

  test('a code block begun before words by Enter takes them in', () => {
    open(new Delta().insert('words\n'));
    quill.setSelection(0, 0, 'silent');
    type('```js\nx');
    expect(quill.getContents().ops).toEqual([
      { insert: 'xwords' },
      { insert: '\n', attributes: { 'code-block': 'js' } },
    ]);
    expectAccepted();
  });

  test('no key of Quill’s own is a rule as well', () => {
    open(new Delta().insert('- \n'));
    quill.setSelection(1, 0, 'silent');
    const space = new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true });
    quill.root.dispatchEvent(space);
    expect(space.defaultPrevented).toBe(false);
    expect(opened.edits).toEqual([]);
  });

  test('in code nothing is a rule', () => {
    open(new Delta().insert('\n', { 'code-block': true }));
    quill.setSelection(0, 0, 'silent');
    type('# **x** `y`');
    expect(quill.getText()).toBe('# **x** `y`\n');
  });
});

describe('undo is one’s own', () => {
  test('what others wrote stays', () => {
    open(new Delta().insert('base\n'));
    quill.setSelection(4, 0, 'silent');
    type(' mine');
    opened.remote(new Delta().insert('theirs '));
    commands.undo();
    expect(quill.getText()).toBe('theirs base\n');
    expectAccepted();
  });
});

describe('while an input method composes', () => {
  const compose = (on: boolean) => {
    quill.composition.isComposing = on;
  };

  test('changes of others are held, and come out unharmed', () => {
    open(new Delta().insert('one two\n'));
    compose(true);
    opened.remote(new Delta().insert('R'));
    opened.remote(new Delta().retain(8).insert('E'));
    expect(quill.getText()).toBe('one two\n');
    quill.updateContents(new Delta().retain(4).insert('語'), 'user'); // what was composed
    expect(quill.getText()).toBe('one 語two\n');
    compose(false);
    quill.emitter.emit('composition-end');
    return Promise.resolve().then(() => {
      expect(quill.getText()).toBe('Rone 語twoE\n');
      expect(opened.edits.map((edit) => edit.ops)).toEqual([[{ retain: 5 }, { insert: '語' }]]);
      expectAccepted();
    });
  });

  test('others may delete the line that is being composed', () => {
    open(new Delta().insert('keep\ngone\n'));
    compose(true);
    opened.remote(new Delta().retain(5).delete(5));
    quill.updateContents(new Delta().retain(7).insert('字'), 'user');
    compose(false);
    quill.emitter.emit('composition-end');
    return Promise.resolve().then(() => {
      expect(quill.getText()).toBe('keep\n字\n'); // the last newline is Quill's own by now
      expect(opened.contents().ops).toEqual([{ insert: 'keep\n字' }]);
      opened.remote(new Delta().retain(6).insert('\n')); // E6: the server appends what is missing
      expectAccepted();
    });
  });
});

test('P4: a long text is shown a stretch at a time, and what is typed or arrives meanwhile is where it should be', async () => {
  const long = new Delta();
  for (let i = 0; i < 400; i++) long.insert(`Line ${i} with `).insert('bold', { bold: true }).insert(' words\n');
  long.insert('The last item').insert('\n', { list: 'bullet' });
  open(long);
  expect(binding.settled).toBe(false);
  quill.setSelection(5, 0, 'silent');
  type('typed ');
  opened.remote(
    new Delta()
      .retain(4)
      .insert('remote ')
      .retain(opened.contents().length() - 8)
      .insert('late '),
  );
  type('more ');
  await vi.waitFor(() => expect(binding.settled).toBe(true), { timeout: 60_000 });
  expect(sameDocument(quill.getContents(), opened.contents())).toBe(true);
  expect(quill.getText(0, 40)).toContain('typed more');
  expect(quill.getText()).toMatch(/remote .*\n/);
}, 60_000);

describe('what is newer than this page', () => {
  const newer = new Delta()
    .insert('A sum: ')
    .insert({ formula: 'e=mc^2' }, { size: 'big', bold: true })
    .insert(' noted', { remark: { id: 7 } })
    .insert('\n', { cell: 'a.1.1', align: 'center' })
    .insert({ Box: [1, { a: 2 }] })
    .insert(' words\n');

  test('P4: it is shown, and kept through edits around it, undo, redo, and changes of others', () => {
    open(newer);
    expect(sameDocument(quill.getContents(), newer)).toBe(true);
    quill.setSelection(0, 0, 'silent');
    type('So. ');
    opened.remote(new Delta().retain(4).retain(2, { remark: 3 }).retain(5).delete(2));
    expect(sameDocument(quill.getContents(), opened.contents())).toBe(true);
    const before = quill.getContents();
    quill.history.cutoff();
    quill.updateContents(new Delta().delete(quill.getLength() - 1), 'user');
    quill.history.undo();
    expect(sameDocument(quill.getContents(), before)).toBe(true);
    quill.history.redo();
    quill.history.undo();
    expect(sameDocument(quill.getContents(), opened.contents())).toBe(true);
    expect(sameDocument(opened.contents(), before)).toBe(true);
  });

  test('P4: a copy of it pasted again is the same; what no document here holds is not taken', () => {
    open(newer);
    const clipboard = quill.clipboard as QuireClipboard;
    const taken: Delta[] = [];
    clipboard.options.insert = (_range, delta) => taken.push(delta);
    const paste = (ops: unknown) => {
      const types: Record<string, string> = { 'application/x-quire-delta+json': JSON.stringify(ops) };
      clipboard.take({ index: 0, length: 0 }, { getData: (type: string) => types[type] ?? '', files: [] } as never);
    };
    paste(newer.ops);
    paste([{ insert: 'x', attributes: { link: 'javascript:alert(1)', never: 1 } }, { insert: { script: 'x' } }]);
    expect(taken.map(({ ops }) => ops)).toEqual([newer.ops, [{ insert: 'x' }]]);
  });

  test('P4: it goes through the writer for long texts as well', async () => {
    const long = new Delta().insert('line\n'.repeat(300)).concat(newer);
    open(long);
    await vi.waitFor(() => expect(binding.settled).toBe(true), { timeout: 60_000 });
    expect(sameDocument(quill.getContents(), long)).toBe(true);
  }, 60_000);
});

test('what a paste cannot keep is told, each kind once, and nothing else is', () => {
  open(new Delta().insert('\n'));
  const clipboard = quill.clipboard as QuireClipboard;
  const told: string[] = [];
  clipboard.options.insert = () => {};
  clipboard.options.onLeftOut = (what) => told.push(what);
  clipboard.options.onTables = () => told.push('tables');
  const paste = (html: string) =>
    clipboard.take({ index: 0, length: 0 }, {
      getData: (type: string) => (type === 'text/html' ? html : ''),
      files: [],
    } as never);
  const table = '<table><tr><td>a</td><td>b</td></tr></table>';
  const picture = '<p>words <img src="file:///a.png" width="40" height="40"></p>';
  paste('<p>words</p><ul><li>item</li></ul>');
  expect(told).toEqual([]);
  paste(table + table + picture + picture);
  expect(told).toEqual(['pictures', 'tables']);
});

describe('checklists', () => {
  const boxes = () => [...quill.root.querySelectorAll('li > .ql-ui')].map((box) => box.getAttribute('aria-checked'));

  test('a box is a checkbox to screen readers, in nested lists too, and no other mark is', () => {
    open(
      new Delta()
        .insert('a')
        .insert('\n', { list: 'unchecked' })
        .insert('b')
        .insert('\n', { list: 'checked', indent: 2 })
        .insert('c')
        .insert('\n', { list: 'bullet' }),
    );
    expect(boxes()).toEqual(['false', 'true', null]);
    expect(quill.root.querySelectorAll('[role=checkbox]')).toHaveLength(2);
    opened.remote(new Delta().retain(1).retain(1, { list: 'checked' }).retain(3).retain(1, { list: 'unchecked' }));
    expect(boxes()).toEqual(['true', 'true', 'false']);
    quill.setSelection(4, 0, 'silent');
    commands.list('bullet');
    expect(boxes()).toEqual(['true', 'true', null]);
    expect(quill.root.querySelectorAll('[role=checkbox], [aria-labelledby]')).toHaveLength(2);
  });

  test('a box has the name of its line, wherever that goes, and is disabled to whoever may only read', () => {
    open(new Delta().insert('a').insert('\n', { list: 'unchecked' }).insert('b').insert('\n', { list: 'checked' }));
    const boxes = () => [...quill.root.querySelectorAll('[role=checkbox]')];
    const names = () =>
      boxes().map((box) => document.getElementById(box.getAttribute('aria-labelledby') ?? '')?.textContent);
    quill.setSelection(1, 0, 'silent');
    type('nd\nc');
    expect(names()).toEqual(['and', 'c', 'b']);
    commands.moveLines(false);
    opened.remote(new Delta().retain(3).retain(1, { list: 'bullet' }));
    opened.remote(new Delta().retain(3).retain(1, { list: 'unchecked' }));
    expect(names()).toEqual(['and', 'b', 'c']);
    const disabled = () => boxes().map((box) => box.getAttribute('aria-disabled'));
    expect(disabled()).toEqual([null, null, null]);
    for (const may of [false, true]) {
      quill.enable(may);
      describeBoxes(quill.scroll);
      opened.remote(new Delta().retain(1).insert('\n', { list: 'checked' }));
      expect(new Set(disabled())).toEqual(new Set([may ? null : 'true']));
    }
  });

  test('the keyboard ticks all items of the selection, and unticks them when all are ticked', () => {
    open(
      new Delta()
        .insert('a')
        .insert('\n', { list: 'checked' })
        .insert('plain\nb')
        .insert('\n', { list: 'unchecked', indent: 1 }),
    );
    quill.setSelection(0, 9, 'silent');
    commands.tick();
    expect(boxes()).toEqual(['true', 'true']);
    commands.tick();
    expect(boxes()).toEqual(['false', 'false']);
    expectAccepted();
    quill.setSelection(1, 0, 'silent');
    commands.tick();
    expect(boxes()).toEqual(['true', 'false']);
    quill.setSelection(3, 0, 'silent');
    const edits = opened.edits.length;
    commands.tick();
    expect(opened.edits).toHaveLength(edits);
  });
});
