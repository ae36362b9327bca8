import { allows, clean, type FormatsTable, formatsTable } from '@quire/client';
import type Delta from 'quill-delta';

/** The table of formats the server checks every op against (E3), asked one value at a time. */

/** Whether text or a line may carry this format with this value. */
export function allowsFormat(name: string, value: unknown): boolean {
  const { inline, block } = formatsTable;
  const rule = Object.hasOwn(inline, name) ? inline[name] : Object.hasOwn(block, name) ? block[name] : undefined;
  return rule !== undefined && allows(rule, value);
}

/** Whether the table holds such an embed. */
export function allowsEmbed(name: string, value: unknown): boolean {
  const embed = Object.hasOwn(formatsTable.embeds, name) ? formatsTable.embeds[name] : undefined;
  return embed !== undefined && allows(embed.value, value);
}

/** Whether an embed of that kind may carry this attribute, beyond what text may. */
export function allowsEmbedAttribute(embed: string, name: string, value: unknown): boolean {
  const rules = formatsTable.embeds[embed]?.attributes;
  const rule = rules && Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule !== undefined && allows(rule, value);
}

/** Whether a format belongs to a line, and is carried by its newline. */
export function isBlockFormat(name: string): boolean {
  return Object.hasOwn(formatsTable.block, name);
}

/** Whether a format belongs to text and embeds. */
export function isInlineFormat(name: string): boolean {
  return Object.hasOwn(formatsTable.inline, name);
}

/** Whether the server takes the op as it is. */
export function isAccepted(delta: Delta): boolean {
  return clean(delta) === delta;
}

/** The table with formats whose values are nobody's to judge here, of whatever carries them, and with any text. */
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
