import { useEffect, useState } from 'react';

/** False, then true `ms` after the component appeared: what comes sooner needs no placeholder. */
export function useDelay(ms: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return over;
}
