import type { HtmlTagDescriptor, Plugin } from 'vite';

/** What a document's page needs and index.html does not name, because other pages do without. */
const chunks = [/\/document\/document-page\.tsx$/, /\/editor\/index\.ts$/];

/**
 * Names these files in index.html, for public/theme.js to fetch them where they are needed: the browser would otherwise learn of them
 * when it has read and run all of the first bundle.
 */
export function nameDocumentFiles(): Plugin {
  return {
    name: 'quire:name-document-files',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const files = new Set<string>();
        for (const file of Object.values(bundle ?? {})) {
          if (file.type !== 'chunk' || !chunks.some((of) => of.test(file.facadeModuleId ?? ''))) continue;
          for (const name of [file.fileName, ...(file.viteMetadata?.importedCss ?? [])]) files.add(`/${name}`);
        }
        if (files.size === 0) return [];
        const attrs = { name: 'quire:document', content: [...files].sort().join(' ') };
        return [{ tag: 'meta', attrs, injectTo: 'head-prepend' } satisfies HtmlTagDescriptor];
      },
    },
  };
}
