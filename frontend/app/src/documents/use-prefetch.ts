import { useEffect } from 'react';

/** Prefetches what the page of a document needs while the user looks at the list, so that a document opens at once. */
export function usePrefetch(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // A failure does not matter: it is fetched again when it is needed.
      import('../document/document-page').catch(() => {});
      import('../editor').catch(() => {});
    }, 1_500);
    return () => clearTimeout(timer);
  }, []);
}
