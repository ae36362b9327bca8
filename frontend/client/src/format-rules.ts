/** The rule for one value. collab/wire/testdata/formats.json says what each type means. */
export type FormatRule =
  | { readonly type: 'true' }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'string'; readonly max: number }
  | { readonly type: 'pattern'; readonly max: number; readonly pattern: string }
  | {
      readonly type: 'url';
      readonly schemes: readonly string[];
      readonly relative?: 'any' | 'path';
      readonly exact?: readonly string[];
      readonly max: number;
    }
  | { readonly type: 'any'; readonly rules: readonly FormatRule[] }
  /** Not in that file: any value. For formats that a page found in a document without knowing them. */
  | { readonly type: 'kept' };

/** Rules by the name of their format, embed or attribute. */
export type Rules = Readonly<Record<string, FormatRule>>;

/** What a document may hold. The server, the editor's registry and the paste filter share this table. */
export interface FormatsTable {
  /** The highest version in `since`. */
  readonly version: number;
  /** The version that introduced each format and embed. */
  readonly since: Readonly<Record<string, number>>;
  readonly text: { readonly refuse: readonly string[] };
  readonly inline: Rules;
  readonly block: Rules;
  readonly embeds: Readonly<Record<string, { readonly value: FormatRule; readonly attributes?: Rules }>>;
}
