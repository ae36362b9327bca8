import type { Range } from 'quill';
import Quill, { Delta } from 'quill/core';
import Clipboard from 'quill/modules/clipboard';
import { deltaToHtml, deltaToText } from './delta-to-html';
import { pageToDelta } from './page-to-delta';
import { allowsFormat, clean, isBlockFormat } from './table';
import { seen } from './unseen';

/** A copy from one of our own editors travels exactly as it is, beside the text and the page made of it. */
const ownType = 'application/x-quire-delta+json';

export interface ClipboardOptions {
  matchers?: never[];
  /** Takes over inserting; set by the editor, which parts what is large. */
  insert?: (range: Range, delta: Delta) => void;
  /** Something could not be taken along. */
  onLeftOut?: (what: 'files' | 'pictures') => void;
}

/** Copy, cut and paste. Everything that comes in has passed the table before it becomes an op. */
export class QuireClipboard extends Clipboard {
  declare options: ClipboardOptions;
  private plain = false;

  constructor(quill: Quill, options: ClipboardOptions) {
    super(quill, options as never);
    // Chrome and Firefox paste Mod+Shift+V as plain text by themselves, Safari and some apps do not.
    quill.root.addEventListener('keydown', (event) => {
      this.plain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'v';
    });
  }

  override onCaptureCopy(event: ClipboardEvent, isCut = false): void {
    if (event.defaultPrevented || !event.clipboardData) return;
    const range = this.quill.getSelection();
    if (!range || range.length === 0) return;
    event.preventDefault();
    const delta = this.quill.getContents(range.index, range.length);
    event.clipboardData.setData('text/plain', deltaToText(delta));
    event.clipboardData.setData('text/html', deltaToHtml(delta));
    event.clipboardData.setData(ownType, JSON.stringify(delta.ops));
    if (isCut && this.quill.isEnabled()) this.cut(range);
  }

  private cut(range: Range): void {
    this.quill.history.cutoff();
    this.quill.updateContents(new Delta().retain(range.index).delete(range.length), Quill.sources.USER);
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

  /** Inserts what a paste or a drop brought, in place of `range`. */
  take(range: Range, data: DataTransfer, plain = false): void {
    const delta = this.read(range, data, plain);
    if (delta && delta.length() > 0) this.options.insert?.(range, delta);
  }

  private read(range: Range, data: DataTransfer, plain: boolean): Delta | null {
    const formats = this.quill.getFormat(range.index);
    const text = data.getData('text/plain') || uriList(data.getData('text/uri-list'));
    const html = data.getData('text/html');
    if (plain || formats['code-block'] !== undefined) return textDelta(text || this.textOf(html), formats);
    const own = ownDelta(data.getData(ownType));
    if (own) return own;
    if (html) {
      const page = pageToDelta(html);
      if (page.delta.length() > 0) {
        if (page.leftOut > 0) this.options.onLeftOut?.('pictures');
        return page.delta;
      }
    }
    if (!text && (data.files.length > 0 || html)) {
      this.options.onLeftOut?.(data.files.length > 0 ? 'files' : 'pictures');
      return null;
    }
    return linkDelta(this.quill, range, text) ?? textDelta(text, formats);
  }

  private textOf(html: string): string {
    return html ? deltaToText(pageToDelta(html).delta) : '';
  }

  /** Quill asks this when it is given HTML; the same way in as a paste. */
  override convert({ html, text }: { html?: string; text?: string }, formats: Record<string, unknown> = {}): Delta {
    return html ? pageToDelta(html).delta : textDelta(text ?? '', formats);
  }
}

/** Text as it would be typed here: with the formats of the place. */
export function textDelta(text: string, formats: Record<string, unknown>): Delta {
  const kept = Object.entries(formats).filter(([name, value]) => allowsFormat(name, value) && name !== 'link');
  const block = Object.fromEntries(kept.filter(([name]) => isBlockFormat(name)));
  const inline = Object.fromEntries(kept.filter(([name]) => !isBlockFormat(name)));
  const inCode = block['code-block'] !== undefined;
  const lines = seen(text).split('\n');
  const delta = new Delta();
  for (const [index, line] of lines.entries()) {
    if (index > 0) delta.insert('\n', block);
    if (line) delta.insert(line, inCode ? {} : inline);
  }
  return clean(delta);
}

/** One address, pasted alone: a link on the selected words, or on itself. */
function linkDelta(quill: Quill, range: Range, text: string): Delta | null {
  const address = text.trim();
  if (!/^(https?:\/\/|mailto:)\S+$/i.test(address) || !allowsFormat('link', address)) return null;
  if (range.length === 0) return new Delta().insert(address, { link: address });
  const selected = quill.getContents(range.index, range.length);
  if (selected.ops.some((op) => typeof op.insert !== 'string' || op.insert.includes('\n'))) return null;
  return clean(selected.compose(new Delta().retain(selected.length(), { link: address })));
}

/** From another of our editors, or from anybody who says so: cleaned like everything else. */
function ownDelta(json: string): Delta | null {
  if (!json) return null;
  try {
    const ops: unknown = JSON.parse(json);
    if (!Array.isArray(ops)) return null;
    const delta = clean(new Delta(ops.filter((op) => typeof op === 'object' && op !== null && 'insert' in op)));
    return delta.length() > 0 ? delta : null;
  } catch {
    return null;
  }
}

/** RFC 2483: lines that begin with # are remarks. */
function uriList(list: string): string {
  return list
    .split(/\r?\n/)
    .filter((line) => line && !line.startsWith('#'))
    .join('\n');
}
