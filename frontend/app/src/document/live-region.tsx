import type { Person, ShownState } from '@quire/client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { announcement } from './status';

/** A state is announced to screen readers once it has lasted this long, ms. */
const lasts = 2_000;

/** The page's one polite live region: it announces states that last, and people who come and go, but no edits of others. */
export function LiveRegion({ shown, people }: { shown: ShownState; people: readonly Person[] }) {
  const kind = useSyncExternalStore(shown.subscribe, () => shown.getSnapshot().kind);
  const text = useSyncExternalStore(shown.subscribe, () => announcement(shown.getSnapshot()));
  const [said, setSaid] = useState('');
  const last = useRef('Saved');

  useEffect(() => {
    const timer = setTimeout(() => {
      // "Saved" only after another state; errors are announced by their banner at once.
      if (text === '' || text === last.current || kind === 'error') {
        if (kind === 'error') last.current = text;
        return;
      }
      last.current = text;
      setSaid(text);
    }, lasts);
    return () => clearTimeout(timer);
  }, [text, kind]);

  const known = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(people.map((person) => [person.id, person.name]));
    const before = known.current;
    known.current = now;
    if (!before) return;
    const came = [...now].filter(([id]) => !before.has(id)).map(([, name]) => name);
    const left = [...before].filter(([id]) => !now.has(id)).map(([, name]) => name);
    if (came.length > 0) setSaid(`${came.join(', ')} joined`);
    else if (left.length > 0 && kind !== 'offline') setSaid(`${left.join(', ')} left`);
  }, [people, kind]);

  return (
    <p className="visually-hidden" role="status" aria-live="polite" data-testid="live">
      {said}
    </p>
  );
}
