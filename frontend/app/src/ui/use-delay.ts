import { useEffect, useState } from 'react';

/** Returns false, and true from `ms` after the component appeared on: what arrives sooner needs no placeholder. */
export function useDelay(ms: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return over;
}
