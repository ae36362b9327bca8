import { useSyncExternalStore } from 'react';

const phone = '(max-width: 640px)';
const narrow = '(max-width: 1179px)';

export const isPhone = () => matchMedia(phone).matches;

export const usePhone = () => useMedia(phone);
export const useNarrow = () => useMedia(narrow);

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
