import type Delta from 'quill-delta';
import { LineBuilder } from './line-builder';
import { ofImage, ofLine, ofText, ownFormats } from './own-formats';
import { chosenColour } from './pasted-colour';
import { classNames, declared, parsePage } from './pasted-page';
import { allowsEmbed, allowsEmbedAttribute, allowsFormat, clean } from './table';

/**
 * Turns a pasted page into a Delta of our formats. Quill's converter reads `element.style`, which is empty under the page's policy
 * (style-src 'self'), and would lose everything that Google Docs and Word express in styles. Here declarations are read from the text
 * of the attribute, in a parsed document without a window: nothing in it loads or runs.
 */

export interface PastedPage {
  delta: Delta;
  /** How many pictures were left out because they are files, not addresses. */
  leftOut: number;
  /** How many tables became lines. */
  tables: number;
}

interface Context {
  inline: Record<string, unknown>;
  block: Record<string, unknown>;
  /** White space is kept. */
  pre: boolean;
  /** Inside HTML that Quire wrote, whose formats are exact. */
  own: boolean;
  /** How many lists are around this. */
  lists: number;
  depth: number;
}

/** Below this depth only text is taken, so that no page can exhaust the stack. No page that people write is that deep. */
const maxDepth = 300;

const skipped = new Set(
  'SCRIPT STYLE TEMPLATE NOSCRIPT META LINK TITLE HEAD IFRAME OBJECT EMBED APPLET SVG MATH CANVAS AUDIO VIDEO SOURCE TRACK SELECT TEXTAREA BUTTON DIALOG DATALIST COLGROUP FRAMESET NOFRAMES PARAM MAP AREA INPUT PROGRESS METER XML'.split(
    ' ',
  ),
);

const blocks = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HGROUP LEGEND LI MAIN NAV OL P PRE SEARCH SECTION SUMMARY TABLE UL CAPTION LISTING XMP PLAINTEXT'.split(
    ' ',
  ),
);

const inlineTags = new Map<string, Record<string, unknown>>([
  ['B', { bold: true }],
  ['STRONG', { bold: true }],
  ['I', { italic: true }],
  ['EM', { italic: true }],
  ['CITE', { italic: true }],
  ['DFN', { italic: true }],
  ['VAR', { italic: true }],
  ['U', { underline: true }],
  ['INS', { underline: true }],
  ['S', { strike: true }],
  ['STRIKE', { strike: true }],
  ['DEL', { strike: true }],
  ['CODE', { code: true }],
  ['KBD', { code: true }],
  ['SAMP', { code: true }],
  ['TT', { code: true }],
  ['SUB', { script: 'sub' }],
  ['SUP', { script: 'super' }],
  ['MARK', { background: '#fff2a8' }],
]);

export function pageToDelta(html: string): PastedPage {
  const page = parsePage(html);
  const walker = new Walker(page.querySelector('[id^="docs-internal-guid-"]') !== null);
  walker.children(page.body, { inline: {}, block: {}, pre: false, own: false, lists: 0, depth: 0 });
  const { leftOut, tables } = walker;
  return { delta: clean(walker.lines.finish()), leftOut, tables };
}

class Walker {
  readonly lines = new LineBuilder();
  leftOut = 0;
  tables = 0;
  private readonly fromDocs: boolean;

  constructor(fromDocs: boolean) {
    this.fromDocs = fromDocs;
  }

  children(element: Element, context: Context): void {
    for (const child of element.childNodes) this.node(child, context);
  }

  private node(node: Node, context: Context): void {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.nodeValue ?? '';
      // Line breaks between the tags of blocks are never text, whatever `white-space` says.
      if (context.pre && context.block['code-block'] === undefined && /^\s*\n\s*$/.test(text) && besideBlock(node))
        return;
      this.lines.text(text, context.inline, context.block, context.pre);
    }
    if (node.nodeType === Node.ELEMENT_NODE) this.element(node as Element, context);
  }

  private element(element: Element, outer: Context): void {
    const tag = element.tagName.toUpperCase();
    if (skipped.has(tag) || hidden(element) || element.hasAttribute('data-quire-box')) return;
    const context = { ...outer, depth: outer.depth + 1 };
    if (context.depth > maxDepth) {
      this.lines.text(element.textContent ?? '', context.inline, context.block, context.pre);
    } else if (element.hasAttribute('data-quire-spaces') && context.pre) {
      this.lines.text(' '.repeat(element.textContent?.length ?? 0), context.inline, context.block, true);
    } else if (tag === 'BR') {
      if (!(this.fromDocs && betweenBlocks(element))) this.lines.break(context.block);
    } else if (tag === 'HR') this.lines.blockEmbed({ divider: true }, context.block);
    else if (tag === 'IMG') this.image(element, context);
    else if (tag === 'TABLE') this.table(element, context);
    else if (tag === 'UL' || tag === 'OL' || tag === 'MENU')
      this.block(element, { ...context, lists: context.lists + 1 });
    else if (tag === 'LI') this.item(element, context);
    else if (isWordItem(element)) this.wordItem(element, context);
    else if (blocks.has(tag) || isPlainCode(element)) this.block(element, blockContext(element, tag, context));
    else this.children(element, inlineContext(element, tag, context));
  }

  private block(element: Element, context: Context): void {
    this.lines.begin(context.block);
    this.children(element, inlineContext(element, '', context));
    this.lines.end(context.block);
  }

  /** The first line of an item is a list item; further paragraphs in it become plain lines, indented to its text. */
  private item(element: Element, context: Context): void {
    const own = ownFormats(element, ofLine);
    if (own) {
      this.lines.begin(context.block);
      this.children(element, { ...context, block: own, pre: true });
      this.lines.end(own, true);
      return;
    }
    const lists = Math.max(1, context.lists);
    const indent = indentOf(lists - 1);
    const first = { list: listType(element), ...indent, ...aligned(element) };
    this.lines.begin(context.block);
    const made = this.lines.count;
    for (const child of element.childNodes) {
      const block = this.lines.count === made ? first : indentOf(lists);
      this.node(child, { ...context, lists, block, inline: inlineContext(element, '', context).inline });
    }
    this.lines.end(this.lines.count === made ? first : indentOf(lists), this.lines.count === made);
  }

  /** Word writes list items as paragraphs that start with the typed bullet or number. */
  private wordItem(element: Element, context: Context): void {
    const level = Number(/level(\d+)/.exec(declared(element, 'mso-list'))?.[1] ?? 1);
    let mark = '';
    for (const ignored of element.querySelectorAll('*')) {
      if (!/ignore/.test(declared(ignored, 'mso-list'))) continue;
      mark += ignored.textContent ?? '';
      ignored.remove();
    }
    const ordered = /^[([]?[\p{L}\p{N}]{1,5}[.)\]]/u.test(mark.trim()) && !/^o\s*$/.test(mark.trim());
    const block = { list: ordered ? 'ordered' : 'bullet', ...indentOf(level - 1) };
    this.block(element, { ...context, block });
  }

  private image(element: Element, context: Context): void {
    const own = ownFormats(element, ofImage);
    const address = element.getAttribute('src') ?? '';
    if (own && allowsEmbed('image', address)) {
      this.lines.embed({ image: address }, own, context.block);
      return;
    }
    const alt = element.getAttribute('alt') ?? '';
    const sizes = ['width', 'height'].map((name) =>
      Number.parseFloat(element.getAttribute(name) ?? declared(element, name)),
    );
    if (/^\p{Extended_Pictographic}/u.test(alt) && alt.length <= 16) {
      this.lines.text(alt, context.inline, context.block, true); // an emoji that a site shows as a picture
      return;
    }
    if (sizes.some((edge) => edge <= 2)) return; // a tracking pixel
    if (isBox(element)) return; // listType reads from the item whether it is ticked
    const source = (element.getAttribute('src') ?? '').trim();
    if (!/^https?:/i.test(source) || !allowsEmbed('image', source)) {
      this.leftOut++;
      return;
    }
    const attributes = Object.fromEntries(
      ['alt', 'width', 'height'].flatMap((name) => {
        const value = element.getAttribute(name)?.trim();
        return value && allowsEmbedAttribute('image', name, value) ? [[name, value]] : [];
      }),
    );
    const link = context.inline.link === undefined ? {} : { link: context.inline.link };
    this.lines.embed({ image: source }, { ...link, ...attributes }, context.block);
  }

  /** There are no tables in documents yet: a row becomes a line with tabs between its cells. The cells of a table that only serves layout
   * become blocks. */
  private table(element: Element, context: Context): void {
    const rows = [...element.querySelectorAll('tr')].filter((row) => row.closest('table') === element);
    const layout =
      element.querySelector('table, li, h1, h2, h3, h4, pre, blockquote, hr') !== null ||
      rows.every((row) => row.children.length <= 1);
    if (!layout) this.tables++;
    this.lines.begin(context.block);
    for (const caption of element.querySelectorAll(':scope > caption')) this.block(caption, context);
    for (const row of rows) {
      if (hidden(row)) continue;
      let cells = 0;
      for (const cell of row.children) {
        const inner = inlineContext(cell, cell.tagName === 'TH' ? 'B' : '', context);
        // Line numbers beside code are not part of it.
        if (cell.hasAttribute('data-line-number')) continue;
        if (layout) this.block(cell, inner);
        else {
          if (cells++ > 0) this.lines.text('\t', {}, context.block, true);
          this.lines.flat(() => this.children(cell, inner));
        }
      }
      this.lines.end(context.block, !layout && cells > 0);
    }
  }
}

function blockContext(element: Element, tag: string, context: Context): Context {
  const own = ownFormats(element, ofLine);
  if (own) return { ...context, block: own, pre: true };
  const align = aligned(element);
  const inList = context.block.list !== undefined;
  const keep = (own: Record<string, unknown>) => ({ ...(inList ? context.block : own), ...align });
  const heading = /^H([1-6])$/.exec(tag);
  if (heading) return { ...context, block: keep({ header: Number(heading[1]) }) };
  if (tag === 'PRE' || tag === 'LISTING' || tag === 'XMP' || tag === 'PLAINTEXT' || isPlainCode(element))
    return { ...context, pre: true, inline: {}, block: { 'code-block': languageOf(element) } };
  if (context.block['code-block'] !== undefined) return context;
  if (tag === 'BLOCKQUOTE') return { ...context, block: keep({ blockquote: true }) };
  if (tag === 'DD') return { ...context, block: keep({ ...context.block, ...indentOf(1) }) };
  return { ...context, block: { ...context.block, ...align } };
}

function inlineContext(element: Element, tag: string, context: Context): Context {
  if (context.block['code-block'] !== undefined || context.own) return context;
  const own = tag === 'SPAN' ? ownFormats(element, ofText) : null;
  if (own) return { ...context, inline: own, own: true };
  const inline = { ...context.inline, ...inlineTags.get(tag) };
  styled(element, inline, tag);
  if (tag === 'A') {
    const href = (element.getAttribute('href') ?? '').trim().replace(/^\/\/(?=[\w-])/, 'https://');
    if (/^[a-z][a-z0-9+.-]*:/i.test(href) && allowsFormat('link', href)) {
      inline.link = href;
      // Every program colours and underlines links itself.
      if (context.inline.underline === undefined) delete inline.underline;
      if (context.inline.color === undefined) delete inline.color;
    }
  } else if (inline.link !== undefined && context.inline.link !== undefined) {
    if (context.inline.underline === undefined) delete inline.underline;
    if (context.inline.color === undefined) delete inline.color;
  }
  if (context.block.header !== undefined) delete inline.bold; // a heading is bold by itself
  const pre = context.pre || /^(pre|pre-wrap|break-spaces)$/.test(declared(element, 'white-space'));
  return { ...context, inline, pre };
}

function styled(element: Element, inline: Record<string, unknown>, tag: string): void {
  const set = (name: string, on: boolean) => {
    if (on) inline[name] = true;
    else delete inline[name];
  };
  const weight = declared(element, 'font-weight');
  if (weight) set('bold', weight === 'bold' || weight === 'bolder' || Number.parseInt(weight, 10) >= 600);
  const slant = declared(element, 'font-style');
  if (slant) set('italic', slant === 'italic' || slant.startsWith('oblique'));
  const decoration = `${declared(element, 'text-decoration')} ${declared(element, 'text-decoration-line')}`;
  if (/underline/.test(decoration) && tag !== 'A') inline.underline = true;
  if (/line-through/.test(decoration)) inline.strike = true;
  const shift = declared(element, 'vertical-align');
  if (shift === 'sub' || shift === 'super') inline.script = shift;
  const colour = chosenColour('color', declared(element, 'color') || (element.getAttribute('color') ?? ''));
  if (colour) inline.color = colour;
  const ground = chosenColour('background', declared(element, 'background-color') || declared(element, 'background'));
  if (ground && !blocks.has(element.tagName)) inline.background = ground;
}

function aligned(element: Element): Record<string, unknown> {
  const align =
    declared(element, 'text-align') ||
    (element.getAttribute('align') ?? '').toLowerCase() ||
    (element.tagName === 'CENTER' ? 'center' : '');
  const rtl = (element.getAttribute('dir') ?? declared(element, 'direction')).toLowerCase() === 'rtl';
  return {
    ...(allowsFormat('align', align) ? { align } : {}),
    ...(rtl ? { direction: 'rtl' } : {}),
  };
}

function indentOf(level: number): Record<string, unknown> {
  const indent = Math.min(8, Math.trunc(level));
  return indent >= 1 ? { indent } : {};
}

function listType(item: Element): string {
  const own = item.getAttribute('data-list');
  if (own && allowsFormat('list', own)) return own;
  const box = item.querySelector('input[type=checkbox]');
  const checked = item.getAttribute('aria-checked') ?? item.getAttribute('data-checked');
  if (box && box.closest('li') === item) return box.hasAttribute('checked') ? 'checked' : 'unchecked';
  if (item.getAttribute('role') === 'checkbox' || checked !== null) return checked === 'true' ? 'checked' : 'unchecked';
  const parent = item.parentElement;
  if (parent?.getAttribute('data-checked'))
    return parent.getAttribute('data-checked') === 'true' ? 'checked' : 'unchecked';
  return parent?.tagName === 'OL' ? 'ordered' : 'bullet';
}

/** Reports whether a picture is a checkbox as Google Docs draws it. */
function isBox(image: Element): boolean {
  return (
    image.getAttribute('aria-roledescription') === 'checkbox' ||
    image.parentElement?.getAttribute('role') === 'checkbox'
  );
}

function isWordItem(element: Element): boolean {
  return element.tagName !== 'LI' && /\blevel\d/.test(declared(element, 'mso-list'));
}

/** Reports whether an element is what code editors put on the clipboard: lines in a monospaced block. */
function isPlainCode(element: Element): boolean {
  return (
    element.tagName === 'DIV' &&
    /^pre/.test(declared(element, 'white-space')) &&
    /mono|menlo|consolas|courier/.test(declared(element, 'font-family'))
  );
}

function languageOf(element: Element): string | true {
  const around = [element, element.querySelector('code'), element.parentElement];
  for (const one of around) {
    const name = /(?:^|\s)(?:lang(?:uage)?|highlight-source|brush:)-?\s?([A-Za-z0-9][A-Za-z0-9+#._-]*)/.exec(
      one ? classNames(one) : '',
    )?.[1];
    if (name && allowsFormat('code-block', name)) return name;
  }
  return true;
}

function hidden(element: Element): boolean {
  return (
    /\bEOP\b/.test(classNames(element)) || // Word on the web ends each paragraph with such a space
    element.hasAttribute('hidden') ||
    (element.getAttribute('aria-hidden') === 'true' && element.tagName !== 'BR' && element.tagName !== 'IMG') ||
    declared(element, 'display') === 'none' ||
    declared(element, 'visibility') === 'hidden' ||
    declared(element, 'mso-hide') === 'all' ||
    declared(element, 'font-size').replace(/(px|pt|em|rem)$/, '') === '0'
  );
}

function besideBlock(node: Node): boolean {
  const isBlock = (other: Node | null) => other instanceof Element && blocks.has(other.tagName);
  return isBlock(node.previousSibling) || isBlock(node.nextSibling);
}

function betweenBlocks(element: Element): boolean {
  const isBlock = (other: Element | null) => other === null || blocks.has(other.tagName) || other.tagName === 'BR';
  return (
    isBlock(element.previousElementSibling) &&
    isBlock(element.nextElementSibling) &&
    element.parentElement?.tagName !== 'P' &&
    !/^(LI|H[1-6])$/.test(element.parentElement?.tagName ?? '')
  );
}
