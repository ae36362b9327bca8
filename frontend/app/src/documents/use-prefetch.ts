import { useEffect } from 'react';

/** While somebody reads the list, what the next page needs is fetched: a document then opens at once. */
export function usePrefetch(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // Not arriving now is no fault; it is asked for again when it is needed.
      import('../document/document-page').catch(() => {});
      import('../editor').catch(() => {});
    }, 1_500);
    return () => clearTimeout(timer);
  }, []);
}
