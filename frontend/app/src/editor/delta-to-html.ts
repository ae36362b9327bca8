import type Delta from 'quill-delta';
import type { AttributeMap } from 'quill-delta';

/**
 * Returns the HTML that goes onto the clipboard for other programs. Quill's getSemanticHTML leaves some values unescaped; here every
 * text and value passes through `escaped`. The exact formats are also in `data-quire`: if only the HTML survives (in a clipboard
 * manager, say), Quire still reads back what it wrote.
 */
export function deltaToHtml(delta: Delta): string {
  let html = '';
  let line = '';
  let open: string[] = [];
  const nest = (wanted: string[]) => {
    let same = 0;
    while (same < open.length && open[same] === wanted[same]) same++;
    for (const tag of open.slice(same).reverse()) html += `</${tag.split(' ')[0]}>`;
    for (const tag of wanted.slice(same)) html += `<${tag}>`;
    open = wanted;
  };
  const endLine = (block: AttributeMap) => {
    const code = block['code-block'] !== undefined;
    const around = code ? [codeTag(block)] : block.blockquote ? ['blockquote'] : listTags(block);
    const begins = code && around[0] !== open[0];
    nest(around);
    // HTML ignores a line break right after <pre>.
    html += code ? `${begins ? '\n' : ''}${line}\n` : wrapLine(line, block);
    line = '';
  };
  delta.eachLine((part, attributes) => {
    for (const op of part.ops) {
      if (typeof op.insert === 'string') line += inlineHtml(op.insert, op.attributes ?? {});
      else if (isObject(op.insert) && 'divider' in op.insert) {
        if (line) endLine(attributes);
        nest([]);
        html += '<hr>';
      } else if (isObject(op.insert) && typeof op.insert.image === 'string')
        line += imageHtml(op.insert.image, op.attributes ?? {});
    }
    const last = part.ops.at(-1)?.insert;
    const dividerOnly = line === '' && isObject(last) && 'divider' in last;
    if (!dividerOnly) endLine(attributes);
  });
  nest([]);
  return html;
}

function exactly(formats: AttributeMap): string {
  return ` data-quire="${escaped(JSON.stringify(formats))}"`;
}

function codeTag(block: AttributeMap): string {
  const language = typeof block['code-block'] === 'string' ? ` class="language-${escaped(block['code-block'])}"` : '';
  return `pre${language}${exactly(block)}`;
}

function listTags(block: AttributeMap): string[] {
  if (block.list === undefined) return [];
  const tag = block.list === 'ordered' ? 'ol' : 'ul';
  return Array.from({ length: Number(block.indent ?? 0) + 1 }, () => tag);
}

function wrapLine(line: string, block: AttributeMap): string {
  const style = typeof block.align === 'string' ? ` style="text-align:${escaped(block.align)}"` : '';
  const dir = block.direction === 'rtl' ? ' dir="rtl"' : '';
  const formats = `${style}${dir}${exactly(block)}`;
  const inner = line || '<br>';
  if (block.list !== undefined) {
    const box = block.list === 'checked' ? '☑ ' : block.list === 'unchecked' ? '☐ ' : '';
    // For programs without checkboxes of their own.
    return `<li data-list="${escaped(String(block.list))}"${formats}>${box && `<span data-quire-box>${box}</span>`}${inner}</li>`;
  }
  const level = Number(block.header);
  const tag = level >= 1 && level <= 6 ? `h${level}` : 'p';
  return `<${tag}${formats}>${inner}</${tag}>`;
}

const tags: [string, string][] = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['underline', 'u'],
  ['strike', 's'],
  ['code', 'code'],
];

function inlineHtml(text: string, attributes: AttributeMap): string {
  // HTML collapses consecutive spaces.
  const spaces = (run: string) => `<span data-quire-spaces>${'&nbsp;'.repeat(run.length - 1)} </span>`;
  let html = escaped(text).replace(/ {2,}/g, spaces);
  for (const [format, tag] of tags) if (attributes[format]) html = `<${tag}>${html}</${tag}>`;
  if (attributes.script === 'sub' || attributes.script === 'super') {
    const tag = attributes.script === 'sub' ? 'sub' : 'sup';
    html = `<${tag}>${html}</${tag}>`;
  }
  const styles = [
    typeof attributes.color === 'string' && attributes.color ? `color:${attributes.color}` : '',
    typeof attributes.background === 'string' && attributes.background
      ? `background-color:${attributes.background}`
      : '',
  ].filter(Boolean);
  if (styles.length > 0) html = `<span style="${escaped(styles.join(';'))}">${html}</span>`;
  if (Object.keys(attributes).length > 0) html = `<span${exactly(attributes)}>${html}</span>`;
  if (typeof attributes.link === 'string') html = `<a href="${escaped(attributes.link)}">${html}</a>`;
  return html;
}

/** Other applications may insert anything, not only objects. */
function isObject(insert: unknown): insert is Record<string, unknown> {
  return typeof insert === 'object' && insert !== null;
}

function imageHtml(source: string, attributes: AttributeMap): string {
  const more = ['alt', 'width', 'height']
    .filter((name) => typeof attributes[name] === 'string')
    .map((name) => ` ${name}="${escaped(String(attributes[name]))}"`);
  return `<img src="${escaped(source)}"${more.join('')}${exactly(attributes)}>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (unit) => entities[unit] ?? unit);
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Returns the text alone, for programs that take no mark-up: a divider is three stars, a picture its description. */
export function deltaToText(delta: Delta): string {
  let text = '';
  for (const op of delta.ops) {
    if (typeof op.insert === 'string') text += op.insert;
    else if (isObject(op.insert) && 'divider' in op.insert) text += '* * *';
    else if (typeof op.attributes?.alt === 'string') text += op.attributes.alt;
  }
  return text;
}
