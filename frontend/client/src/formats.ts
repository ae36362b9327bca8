import { type AttributeMap, Delta, type Op } from './delta.ts';
import type { FormatRule, FormatsTable, Rules } from './format-rules.ts';
import { formatsTable } from './formats-table.ts';

/** Reports whether a rule allows a value. The caller handles null, which removes a format. */
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

/** Returns the delta without what the server would refuse: formats and embeds outside the table, characters it does not take, ops
 * without a length. Positions in the document stay right, because only inserts get shorter. Returns the same object if there was
 * nothing to clean. Pass null for a server that allows any format. */
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
    const retain = typeof op.retain === 'object' ? 1 : op.retain; // the protocol has no changes inside an embed
    if (!isLength(retain)) return null;
    return withAttributes(op, { retain }, retain !== op.retain, table && rulesOfRetain(table));
  }
  if (typeof op.insert === 'string') {
    const insert = cleanText(op.insert, table);
    return insert === '' ? null : withAttributes(op, { insert }, insert !== op.insert, table && rulesOfText(table));
  }
  if (op.insert === null || op.insert === undefined) return null;
  const rules = table && rulesOfEmbed(table, op.insert);
  return rules === undefined ? null : withAttributes(op, { insert: op.insert }, false, rules);
}

/** Returns `bare` with those attributes of `op` that `rules` allows (null: all). Returns `op` itself if nothing changed, neither
 * here nor (`changed`) before. */
function withAttributes(op: Op, bare: Op, changed: boolean, rules: Rules | null): Op | null {
  if (op.attributes === undefined) return changed ? bare : op;
  const kept: AttributeMap = {};
  for (const [name, value] of Object.entries(op.attributes)) {
    const rule = rules && Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rules && !(rule && (value === null || allows(rule, value)))) changed = true;
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

function rulesOfText(table: FormatsTable): Rules {
  return memo(table, 'text', () => ({ ...table.inline, ...table.block }));
}

function rulesOfRetain(table: FormatsTable): Rules {
  return memo(table, 'retain', () =>
    Object.assign({}, rulesOfText(table), ...Object.values(table.embeds).map((embed) => embed.attributes ?? {})),
  );
}

/** Returns undefined if the table has no such embed, or does not allow its value. */
function rulesOfEmbed(table: FormatsTable, insert: Record<string, unknown>): Rules | undefined {
  const [name, ...more] = Object.keys(insert);
  if (name === undefined || more.length > 0 || !Object.hasOwn(table.embeds, name)) return undefined;
  const embed = table.embeds[name];
  if (!embed || !allows(embed.value, insert[name])) return undefined;
  return memo(table, `embed ${name}`, () => ({ ...rulesOfText(table), ...embed.attributes }));
}

/** Caches what is computed from a table or a rule. */
const derived = new WeakMap<object, Map<string, unknown>>();

function memo<T>(of: object, name: string, make: () => T): T {
  const known = derived.get(of) ?? new Map<string, unknown>();
  derived.set(of, known);
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

function matches(rule: Extract<FormatRule, { type: 'pattern' }>, value: string): boolean {
  return memo(rule, 'regexp', () => new RegExp(`^(?:${rule.pattern})$`)).test(value);
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
