import type { Range } from 'quill';
import Quill, { Delta } from 'quill/core';
import Clipboard from 'quill/modules/clipboard';
import type { Op } from 'quill-delta';
import { deltaToHtml, deltaToText } from './delta-to-html';
import { cutOf, type Fragment, fitted, fragmentAt, isAll, lineAt, ofPage } from './fragment';
import { pageToDelta } from './page-to-delta';
import { allowsFormat, clean, isBlockFormat } from './table';
import { cleanOwn } from './unknown';
import { withoutUnseen } from './unseen';

/** The type under which a copy from one of our editors is on the clipboard exactly, beside plain text and HTML. */
const ownType = 'application/x-quire-delta+json';

export interface ClipboardOptions {
  matchers?: never[];
  /** Inserts a text; set by the editor, which inserts a large one piece by piece. */
  insert?: (range: Range, text: Delta, line: Record<string, unknown>) => void;
  /** Called when something could not be pasted. */
  onLeftOut?: (what: 'files' | 'pictures') => void;
  /** Called when tables were pasted as lines. */
  onTables?: () => void;
}

/** Copy, cut and paste. Everything pasted is cleaned by the table of formats before it becomes an op. */
export class QuireClipboard extends Clipboard {
  declare options: ClipboardOptions;
  private plain = false;

  constructor(quill: Quill, options: ClipboardOptions) {
    super(quill, options as never);
    // Chrome and Firefox paste plain text on Mod+Shift+V, Safari and some apps do not.
    quill.root.addEventListener('keydown', (event) => {
      this.plain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'v';
    });
  }

  override onCaptureCopy(event: ClipboardEvent, isCut = false): void {
    if (event.defaultPrevented || !event.clipboardData) return;
    const range = this.quill.getSelection();
    if (!range || range.length === 0) return;
    event.preventDefault();
    this.put(range, event.clipboardData);
    if (isCut && this.quill.isEnabled()) this.cut(range);
  }

  /** Puts a range on the clipboard in each form that a program may ask for. */
  put(range: Range, data: DataTransfer): void {
    const { text, line } = fragmentAt(this.quill.getContents(), range);
    data.setData('text/plain', deltaToText(text));
    data.setData('text/html', deltaToHtml(line ? text.concat(new Delta().insert('\n', line)) : text));
    data.setData(ownType, JSON.stringify(line ? { ops: text.ops, line } : text.ops));
  }

  private cut(range: Range): void {
    this.quill.history.cutoff();
    this.quill.updateContents(cutOf(this.quill.getContents(), range), Quill.sources.USER);
    this.quill.setSelection(range.index, 0, Quill.sources.SILENT);
  }

  override onCapturePaste(event: ClipboardEvent): void {
    if (event.defaultPrevented || !this.quill.isEnabled()) return;
    event.preventDefault();
    const range = this.quill.getSelection(true);
    if (!range || !event.clipboardData) return;
    this.take(range, event.clipboardData, this.plain);
    this.plain = false;
  }

  /** Inserts pasted or dropped data in place of `range`. */
  take(range: Range, data: DataTransfer, plain = false): void {
    const fragment = this.read(range, data, plain);
    if (!fragment || (fragment.text.length() === 0 && !fragment.line)) return;
    const { text, line } = fitted(this.quill.getContents(), range, fragment);
    this.options.insert?.(range, text, line ?? {});
  }

  private read(range: Range, data: DataTransfer, plain: boolean): Fragment | null {
    const formats = isAll(this.quill.getContents(), range) ? {} : this.quill.getFormat(range.index);
    const text = data.getData('text/plain') || uriList(data.getData('text/uri-list'));
    const html = data.getData('text/html');
    if (plain || formats['code-block'] !== undefined) return { text: textDelta(text || this.textOf(html), formats) };
    const own = ownFragment(data.getData(ownType), this.quill);
    if (own) return own;
    if (html) {
      const page = pageToDelta(html);
      if (page.delta.length() > 0) {
        if (page.leftOut > 0) this.options.onLeftOut?.('pictures');
        if (page.tables > 0) this.options.onTables?.();
        return ofPage(page.delta);
      }
    }
    if (!text && (data.files.length > 0 || html)) {
      this.options.onLeftOut?.(data.files.length > 0 ? 'files' : 'pictures');
      return null;
    }
    return { text: linkDelta(this.quill, range, text) ?? textDelta(text, formats) };
  }

  private textOf(html: string): string {
    return html ? deltaToText(pageToDelta(html).delta) : '';
  }

  /** Quill calls this for HTML that it is given; it is treated like a paste. */
  override convert({ html, text }: { html?: string; text?: string }, formats: Record<string, unknown> = {}): Delta {
    return html ? pageToDelta(html).delta : textDelta(text ?? '', formats);
  }
}

/** Returns a fragment as it is pasted at a position: into code, only its text. */
export function asPasted(document: Delta, index: number, fragment: Fragment): Fragment {
  const { formats } = lineAt(document, index);
  return formats['code-block'] === undefined ? fragment : { text: textDelta(deltaToText(fragment.text), formats) };
}

/** Returns text as if it were typed where these formats are. */
export function textDelta(text: string, formats: Record<string, unknown>): Delta {
  const kept = Object.entries(formats).filter(([name, value]) => allowsFormat(name, value) && name !== 'link');
  const block = Object.fromEntries(kept.filter(([name]) => isBlockFormat(name)));
  const inline = Object.fromEntries(kept.filter(([name]) => !isBlockFormat(name)));
  const inCode = block['code-block'] !== undefined;
  const lines = withoutUnseen(text).split('\n');
  const delta = new Delta();
  for (const [index, line] of lines.entries()) {
    if (index > 0) delta.insert('\n', block);
    if (line) delta.insert(line, inCode ? {} : inline);
  }
  return clean(delta);
}

/** Returns the link that a lone pasted address becomes: on the selected words, or on itself. Null if it does not become one. */
function linkDelta(quill: Quill, range: Range, text: string): Delta | null {
  const address = text.trim();
  if (!/^(https?:\/\/|mailto:)\S+$/i.test(address) || !allowsFormat('link', address)) return null;
  if (range.length === 0) return new Delta().insert(address, { link: address });
  const selected = quill.getContents(range.index, range.length);
  if (selected.ops.some((op) => typeof op.insert !== 'string' || op.insert.includes('\n'))) return null;
  return clean(selected.compose(new Delta().retain(selected.length(), { link: address })));
}

/** Reads a copy from one of our editors. Anybody may have put it there, so it is cleaned like everything else. */
function ownFragment(json: string, quill: Quill): Fragment | null {
  if (!json) return null;
  try {
    const found: unknown = JSON.parse(json);
    const { ops, line } = (Array.isArray(found) ? { ops: found } : found) as { ops?: unknown; line?: object };
    if (!Array.isArray(ops)) return null;
    const text = cleanOwn(quill, new Delta(ops.filter(isInsert)));
    if (typeof line === 'object' && line !== null)
      return { text, line: cleanOwn(quill, new Delta().insert('\n', { ...line })).ops[0]?.attributes ?? {} };
    return text.length() > 0 ? { text } : null;
  } catch {
    return null;
  }
}

function isInsert(op: unknown): op is Op {
  return typeof op === 'object' && op !== null && 'insert' in op && op.insert !== undefined;
}

/** Returns the addresses of a URI list, in which lines that begin with # are comments (RFC 2483). */
function uriList(list: string): string {
  return list
    .split(/\r?\n/)
    .filter((line) => line && !line.startsWith('#'))
    .join('\n');
}
