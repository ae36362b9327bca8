import type { HtmlTagDescriptor, Plugin } from 'vite';

/** The two files every first paint needs: without a hint the browser learns of them only after all CSS has arrived. */
const early = [/literata-latin-opsz-normal-.*\.woff2$/, /commissioner-latin-wght-normal-.*\.woff2$/];

/** Adds preload hints for the latin text and interface fonts to index.html, by their hashed names. */
export function preloadFonts(): Plugin {
  return {
    name: 'quire:preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const names = Object.keys(bundle ?? {}).sort();
        return early.flatMap((pattern): HtmlTagDescriptor[] => {
          const name = names.find((candidate) => pattern.test(candidate));
          if (!name) return [];
          const attrs = { rel: 'preload', href: `/${name}`, as: 'font', type: 'font/woff2', crossorigin: '' };
          return [{ tag: 'link', attrs, injectTo: 'head' }];
        });
      },
    },
  };
}
