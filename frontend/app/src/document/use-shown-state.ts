import { type DocumentSnapshot, type DocumentState, type QuireDocument, ShownState } from '@quire/client';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';

/** How long without a connection until a banner says so, in ms. */
const patience = 10_000;

/** The state of a document as it is shown: "Saved" late, never early. One for all who show it. */
export function useShown(document: QuireDocument): ShownState {
  return useMemo(() => new ShownState(document), [document]);
}

/** The state as it is shown, with every edit that is on its way: changes with each key. */
export function useEachState(shown: ShownState): DocumentState {
  return useSyncExternalStore(shown.subscribe, shown.getSnapshot);
}

const calm: DocumentState = { kind: 'saved' };

/** The state for all that looks the same whether something is being saved or is saved: does not change while one types. */
export function useTrouble(shown: ShownState): DocumentState {
  return useSyncExternalStore(shown.subscribe, () => {
    const state = shown.getSnapshot();
    return state.kind === 'saving' || state.kind === 'saved' ? calm : state;
  });
}

/** What is known of a document beside its text: as of the last change of something else than what each key changes. Whoever
 * shows state or revision asks the document. */
export function useAbout(document: QuireDocument): DocumentSnapshot {
  const last = useRef<DocumentSnapshot | null>(null);
  return useSyncExternalStore(document.subscribe, () => {
    const now = document.getSnapshot();
    if (!last.current || !alike(now, last.current)) last.current = now;
    return last.current;
  });
}

function alike(a: DocumentSnapshot, b: DocumentSnapshot): boolean {
  const { state: _, revision: __, changedAt: ___, ...about } = a;
  return Object.entries(about).every(([name, value]) => Object.is(value, b[name as keyof typeof about]));
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
