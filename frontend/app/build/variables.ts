import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  type MantineTheme,
  mergeMantineTheme,
} from '@mantine/core';
import type { Plugin } from 'vite';
import { theme, variables } from '../src/theme.ts';

const id = 'virtual:mantine-variables.css';

/**
 * Mantine would write its variables into a <style> at run time, which a policy of style-src 'self' forbids. Here they become
 * a file of the build instead. Dark values count on screens only, so that paper is always light.
 */
export function mantineVariables(): Plugin {
  return {
    name: 'quire:mantine-variables',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (loaded) => (loaded === `\0${id}` ? css() : null),
  };
}

function css(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme) as MantineTheme;
  const base = defaultCssVariablesResolver(merged);
  const own = variables(merged);
  const none: Record<`--${string}`, string> = {};
  const light = {
    variables: { ...base.variables, ...own.variables },
    light: { ...base.light, ...own.light },
    dark: none,
  };
  const dark = { variables: none, light: none, dark: { ...base.dark, ...own.dark } };
  return `${convertCssVariables(light, ':root')}\n@media screen{${convertCssVariables(dark, ':root')}}`;
}
