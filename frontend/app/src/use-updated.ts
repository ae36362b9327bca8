import { useEffect, useRef, useSyncExternalStore } from 'react';
import { reloadPage } from './leaving';
import { connection } from './session';
import { toast } from './ui/toasts';

/** Tells the user once when the server has another build than the one this page first connected to. */
export function useUpdated(): void {
  const client = connection.get();
  const build = useSyncExternalStore(client.subscribe, () => client.getSnapshot().build);
  const first = useRef<string | null>(null);
  useEffect(() => {
    if (build === null) return;
    first.current ??= build;
    if (build === first.current) return;
    first.current = build;
    toast('Quire was updated. Reload when it suits you; unsent edits are kept.', {
      action: { label: 'Reload', run: reloadPage },
      stays: true,
    });
  }, [build]);
}
