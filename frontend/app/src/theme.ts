import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const serif = "'Literata Variable', Georgia, 'Noto Serif', serif";
export const sans = "'Commissioner Variable', system-ui, 'Segoe UI', Roboto, sans-serif";
export const mono = "'JetBrains Mono Variable', ui-monospace, Menlo, Consolas, monospace";

/**
 * The theme's values: read twice, by the provider at run time and by the build, which writes its CSS variables into a file
 * (build/variables.ts). It must therefore stay free of React and of the DOM.
 */
export const theme = createTheme({
  colors: {
    verdigris: [
      '#effaf7',
      '#dcf3ed',
      '#c1e6dc',
      '#a1d4c7',
      '#7ebfaf',
      '#58a494',
      '#358979',
      '#1b6e5f',
      '#13564a',
      '#123e35',
    ],
    rubric: [
      '#fff4f2',
      '#fee7e3',
      '#fecec6',
      '#f9aea4',
      '#f4988d',
      '#df695c',
      '#c9493f',
      '#a32a23',
      '#8d251f',
      '#681c17',
    ],
    ochre: [
      '#fff7ee',
      '#fdecd5',
      '#f8dbb4',
      '#efc68f',
      '#e6b873',
      '#cb9647',
      '#ad7c2f',
      '#7a5210',
      '#714d14',
      '#553a0f',
    ],
    gray: [
      '#f7faf8',
      '#eff2f1',
      '#e5e9e7',
      '#dce1df',
      '#b9bfbc',
      '#868d8a',
      '#5d6561',
      '#4a524e',
      '#363e3a',
      '#1f2623',
    ],
    dark: [
      '#e4e9e6',
      '#b9c0bd',
      '#98a09c',
      '#6d7672',
      '#3a443f',
      '#2b3430',
      '#222a27',
      '#19201d',
      '#0f1513',
      '#0a0f0d',
    ],
  },
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 4 },
  black: '#1f2623',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12.5px', sm: '14px', md: '15px', lg: '17px', xl: '21px' },
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '40px' },
  breakpoints: { xs: '25em', sm: '40em', md: '56.25em', lg: '73.75em', xl: '90em' },
  headings: { fontFamily: serif, fontWeight: '640' },
  fontFamily: sans,
  fontFamilyMonospace: mono,
});

/** Maps Mantine's variables to our tokens. They are the same in both colour schemes, because the tokens themselves change. */
const tied = {
  '--mantine-color-body': 'var(--sheet)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink3)',
  '--mantine-color-placeholder': 'var(--ink3)',
  '--mantine-color-default-border': 'var(--line2)',
  '--mantine-color-error': 'var(--red)',
  '--mantine-color-verdigris-light-color': 'var(--accent)',
  '--mantine-color-rubric-light-color': 'var(--red)',
  '--mantine-color-verdigris-light-hover': 'var(--hover)',
  '--mantine-color-rubric-light-hover': 'var(--hover)',
  '--mantine-color-gray-light-hover': 'var(--hover)',
  '--mantine-color-gray-light-color': 'var(--ink2)',
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: tied, dark: tied });
