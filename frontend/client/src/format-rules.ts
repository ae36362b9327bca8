/** The rule for one value; what each type means stands in collab/wire/testdata/formats.json. */
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
  /** Not in the file: for what a page met in a document without knowing it. Any value. */
  | { readonly type: 'kept' };

/** Rules by the name of what they are for. */
export type Rules = Readonly<Record<string, FormatRule>>;

/** What a document may hold: the table that the server, the editor's registry and the paste filter share. */
export interface FormatsTable {
  /** The newest of `since`. */
  readonly version: number;
  /** The version with which each format and embed came. */
  readonly since: Readonly<Record<string, number>>;
  readonly text: { readonly refuse: readonly string[] };
  readonly inline: Rules;
  readonly block: Rules;
  readonly embeds: Readonly<Record<string, { readonly value: FormatRule; readonly attributes?: Rules }>>;
}
