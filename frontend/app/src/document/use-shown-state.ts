import { type DocumentSnapshot, type DocumentState, type QuireDocument, ShownState } from '@quire/client';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';

/** How long there must be no connection until a banner says so, ms. */
const patience = 10_000;

/** Returns the document's shown state, shared by all components that show it: "Saved" comes late, never early. */
export function useShown(document: QuireDocument): ShownState {
  return useMemo(() => new ShownState(document), [document]);
}

/** Subscribes to the shown state with its number of edits, which changes with each key. */
export function useEachState(shown: ShownState): DocumentState {
  return useSyncExternalStore(shown.subscribe, shown.getSnapshot);
}

const calm: DocumentState = { kind: 'saved' };

/** Subscribes to the shown state for components that look the same while saving and saved: it does not change while the user types. */
export function useTrouble(shown: ShownState): DocumentState {
  return useSyncExternalStore(shown.subscribe, () => {
    const state = shown.getSnapshot();
    return state.kind === 'saving' || state.kind === 'saved' ? calm : state;
  });
}

/** Subscribes to a document's snapshot, ignoring what changes with each key: a component that shows the state or the revision has to
 * subscribe to that itself. */
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

/** Reports whether the connection has been lost long enough for a banner. */
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
