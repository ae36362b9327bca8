import { type DocumentState, type QuireDocument, ShownState } from '@quire/client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

/** How long without a connection until a banner says so, in ms. */
const patience = 10_000;

/** The state as it is shown: "Saved" late, never early. */
export function useShownState(document: QuireDocument): DocumentState {
  const shown = useMemo(() => new ShownState(document), [document]);
  return useSyncExternalStore(shown.subscribe, shown.getSnapshot);
}

/** Whether the connection has been gone long enough for a banner. */
export function useLongOffline(state: DocumentState): boolean {
  const since = state.kind === 'offline' ? state.since : null;
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (since === null) return;
    const timer = setTimeout(() => setLong(true), Math.max(0, since + patience - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  return long && since !== null;
}
