import { type AttributeMap, Delta, type Op } from './delta.ts';
import type { FormatRule, FormatsTable, Rules } from './format-rules.ts';
import { formatsTable } from './formats-table.ts';

/** Whether the table lets `value` be the value of a format. Null, which removes one, is for the caller. */
export function allows(rule: FormatRule, value: unknown): boolean {
  switch (rule.type) {
    case 'true':
      return value === true;
    case 'enum':
      return rule.values.includes(value as string);
    case 'integer':
      return Number.isInteger(value) && (value as number) >= rule.min && (value as number) <= rule.max;
    case 'string':
      return typeof value === 'string' && value.length <= rule.max;
    case 'pattern':
      return typeof value === 'string' && value.length <= rule.max && matches(rule, value);
    case 'url':
      return typeof value === 'string' && value.length >= 1 && value.length <= rule.max && allowsUrl(rule, value);
    case 'kept':
      return true;
    case 'any':
      return rule.rules.some((one) => allows(one, value));
  }
}

/** The delta without anything the server would refuse: formats and embeds outside the table, text it does not take, parts of
 * no length. Positions stay right, because only inserts get shorter. The same object when there was nothing to clean. Pass
 * null for a server that allows any format. */
export function clean(delta: Delta, table: FormatsTable | null = formatsTable): Delta {
  const cleaned = new Delta();
  let changed = false;
  for (const op of delta.ops) {
    const kept = cleanComponent(op, table);
    if (kept !== op) changed = true;
    if (kept) cleaned.push(kept);
  }
  return changed ? cleaned : delta;
}

function cleanComponent(op: Op, table: FormatsTable | null): Op | null {
  if (op.delete !== undefined) {
    if (!isLength(op.delete)) return null;
    return Object.keys(op).length === 1 ? op : { delete: op.delete };
  }
  if (op.retain !== undefined) {
    const retain = typeof op.retain === 'object' ? 1 : op.retain; // changes inside an embed are not in the protocol
    if (!isLength(retain)) return null;
    return withAttributes(op, { retain }, retain !== op.retain, table && namesOfRetain(table));
  }
  if (typeof op.insert === 'string') {
    const insert = cleanText(op.insert, table);
    return insert === '' ? null : withAttributes(op, { insert }, insert !== op.insert, table && namesOfText(table));
  }
  if (op.insert === null || op.insert === undefined) return null;
  const names = table && namesOfEmbed(table, op.insert);
  return names === undefined ? null : withAttributes(op, { insert: op.insert }, false, names);
}

/** The component with the attributes that `names` allows (null: all); `op` itself if nothing changed. */
function withAttributes(op: Op, bare: Op, changed: boolean, names: Rules | null): Op | null {
  if (op.attributes === undefined) return changed ? bare : op;
  const kept: AttributeMap = {};
  for (const [name, value] of Object.entries(op.attributes)) {
    const rule = names && Object.hasOwn(names, name) ? names[name] : undefined;
    if (names && !(rule && (value === null || allows(rule, value)))) changed = true;
    else if (value === undefined) changed = true;
    else kept[name] = value;
  }
  if (Object.keys(kept).length === 0) return bare;
  return changed ? { ...bare, attributes: kept } : op;
}

function cleanText(text: string, table: FormatsTable | null): string {
  if (!table?.text.refuse.some((refused) => text.includes(refused))) return text;
  const lines = text.replace(/\r\n?/g, '\n');
  return table.text.refuse.reduce((rest, refused) => rest.replaceAll(refused, ''), lines);
}

function isLength(n: number): boolean {
  return Number.isSafeInteger(n) && n > 0;
}

function namesOfText(table: FormatsTable): Rules {
  return once(table, 'text', () => ({ ...table.inline, ...table.block }));
}

function namesOfRetain(table: FormatsTable): Rules {
  return once(table, 'retain', () =>
    Object.assign({}, namesOfText(table), ...Object.values(table.embeds).map((embed) => embed.attributes ?? {})),
  );
}

/** Undefined: no such embed, or not with such a value. */
function namesOfEmbed(table: FormatsTable, insert: Record<string, unknown>): Rules | undefined {
  const [name, ...more] = Object.keys(insert);
  if (name === undefined || more.length > 0 || !Object.hasOwn(table.embeds, name)) return undefined;
  const embed = table.embeds[name];
  if (!embed || !allows(embed.value, insert[name])) return undefined;
  return once(table, `embed ${name}`, () => ({ ...namesOfText(table), ...embed.attributes }));
}

/** What is derived from a table is made once per table; the pattern of a rule once per rule. */
const derived = new WeakMap<object, Map<string, unknown>>();

function once<T>(of: object, name: string, make: () => T): T {
  const known = derived.get(of) ?? new Map<string, unknown>();
  derived.set(of, known);
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

function matches(rule: Extract<FormatRule, { type: 'pattern' }>, value: string): boolean {
  return once(rule, 'regexp', () => new RegExp(`^(?:${rule.pattern})$`)).test(value);
}

function allowsUrl(rule: Extract<FormatRule, { type: 'url' }>, url: string): boolean {
  if (rule.exact?.includes(url)) return true;
  if (hasControlCharacter(url) || url.startsWith(' ') || url.endsWith(' ')) return false;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1];
  if (scheme !== undefined) return rule.schemes.includes(scheme.toLowerCase());
  return rule.relative === 'any' || (rule.relative === 'path' && /^\/(?![/\\])/.test(url));
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}
