import { allows, clean, type FormatsTable, formatsTable } from '@quire/client';
import type Delta from 'quill-delta';

/** Questions to the table of formats, against which the server checks every op (E3). */

/** Reports whether text or a line may have this format with this value. */
export function allowsFormat(name: string, value: unknown): boolean {
  const { inline, block } = formatsTable;
  const rule = Object.hasOwn(inline, name) ? inline[name] : Object.hasOwn(block, name) ? block[name] : undefined;
  return rule !== undefined && allows(rule, value);
}

/** Reports whether the table allows this embed with this value. */
export function allowsEmbed(name: string, value: unknown): boolean {
  const embed = Object.hasOwn(formatsTable.embeds, name) ? formatsTable.embeds[name] : undefined;
  return embed !== undefined && allows(embed.value, value);
}

/** Reports whether an embed of that kind may have this attribute, in addition to the formats of text. */
export function allowsEmbedAttribute(embed: string, name: string, value: unknown): boolean {
  const rules = formatsTable.embeds[embed]?.attributes;
  const rule = rules && Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule !== undefined && allows(rule, value);
}

/** Reports whether a format is one of lines, which their newlines carry. */
export function isBlockFormat(name: string): boolean {
  return Object.hasOwn(formatsTable.block, name);
}

/** Reports whether a format is one of text and embeds. */
export function isInlineFormat(name: string): boolean {
  return Object.hasOwn(formatsTable.inline, name);
}

/** Reports whether the server accepts the op as it is. */
export function isAccepted(delta: Delta): boolean {
  return clean(delta) === delta;
}

/** Returns the table with more formats, of any value, allowed on text, lines and embeds; with `anyText` it refuses no character. */
export function tableWith(formats: string[], anyText: boolean): FormatsTable {
  const kept = Object.fromEntries(formats.map((name) => [name, { type: 'kept' } as const]));
  const embeds = Object.entries(formatsTable.embeds).map(([name, embed]) => {
    return [name, { ...embed, attributes: { ...embed.attributes, ...kept } }] as const;
  });
  return {
    ...formatsTable,
    text: anyText ? { refuse: [] } : formatsTable.text,
    inline: { ...formatsTable.inline, ...kept },
    block: { ...formatsTable.block, ...kept },
    embeds: Object.fromEntries(embeds),
  };
}

export { clean, formatsTable };
