import type { HtmlTagDescriptor, Plugin } from 'vite';

/** The two files every first paint needs: without a hint the browser learns of them only after all CSS has arrived. */
const early = [/literata-latin-opsz-normal-.*\.woff2$/, /commissioner-latin-wght-normal-.*\.woff2$/];
const families = ['Literata Variable', 'Commissioner Variable'];

/** Writes fonts.css, under a name that stays: for pages of the server's own, such as /api/docs. */
export function sharedFonts(): Plugin {
  return {
    name: 'quire:shared-fonts',
    generateBundle(_options, bundle) {
      const faces = early.flatMap((pattern, i) => {
        const name = Object.keys(bundle).find((candidate) => pattern.test(candidate));
        if (!name) return [];
        return `@font-face { font-family: "${families[i]}"; font-display: swap; font-weight: 100 900; src: url("/${name}") format("woff2-variations"); }`;
      });
      this.emitFile({ type: 'asset', fileName: 'fonts.css', source: `${faces.join('\n')}\n` });
    },
  };
}

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
