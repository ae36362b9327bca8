import type { FormatsTable } from './format-rules.ts';

/** Written by scripts/generate.mjs from collab/wire/testdata/formats.json; a test compares the two. */
export const formatsTable: FormatsTable = {
  version: 1,
  since: {
    bold: 1,
    italic: 1,
    underline: 1,
    strike: 1,
    code: 1,
    script: 1,
    link: 1,
    color: 1,
    background: 1,
    header: 1,
    list: 1,
    indent: 1,
    align: 1,
    direction: 1,
    blockquote: 1,
    'code-block': 1,
    image: 1,
    alt: 1,
    width: 1,
    height: 1,
    divider: 1,
  },
  text: { refuse: ['\r'] },
  inline: {
    bold: { type: 'true' },
    italic: { type: 'true' },
    underline: { type: 'true' },
    strike: { type: 'true' },
    code: { type: 'true' },
    script: { type: 'enum', values: ['sub', 'super'] },
    link: {
      type: 'url',
      schemes: ['http', 'https', 'mailto', 'tel'],
      relative: 'any',
      exact: ['about:blank'],
      max: 2048,
    },
    color: {
      type: 'pattern',
      max: 64,
      pattern:
        '|#[0-9A-Fa-f]{3,4}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{8}|[A-Za-z]{2,32}|(rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\\([-A-Za-z0-9 .,%/+]*\\)',
    },
    background: {
      type: 'pattern',
      max: 64,
      pattern:
        '|#[0-9A-Fa-f]{3,4}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{8}|[A-Za-z]{2,32}|(rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\\([-A-Za-z0-9 .,%/+]*\\)',
    },
  },
  block: {
    header: { type: 'integer', min: 1, max: 6 },
    list: { type: 'enum', values: ['ordered', 'bullet', 'checked', 'unchecked'] },
    indent: { type: 'integer', min: 1, max: 8 },
    align: { type: 'enum', values: ['center', 'right', 'justify'] },
    direction: { type: 'enum', values: ['rtl'] },
    blockquote: { type: 'true' },
    'code-block': {
      type: 'any',
      rules: [{ type: 'true' }, { type: 'pattern', max: 32, pattern: '[A-Za-z0-9][A-Za-z0-9+#._-]*' }],
    },
  },
  embeds: {
    image: {
      value: { type: 'url', schemes: ['http', 'https'], relative: 'path', max: 2048 },
      attributes: {
        alt: { type: 'string', max: 1000 },
        width: { type: 'pattern', max: 16, pattern: '[0-9]{1,5}([.][0-9]{1,3})?(px|%)?' },
        height: { type: 'pattern', max: 16, pattern: '[0-9]{1,5}([.][0-9]{1,3})?(px|%)?' },
      },
    },
    divider: { value: { type: 'true' } },
  },
};
