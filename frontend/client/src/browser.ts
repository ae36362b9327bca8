import type { ChannelLike, Environment, SocketLike } from './environment.ts';

/** Returns the environment that a browser offers. Globals are looked up when used, so that importing this module has no effect; a
 * missing one is null or a default, not an error. */
export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: () => Math.random(),
    randomId,
    openSocket: (url, protocols) => new WebSocket(url, protocols) as unknown as SocketLike,
    fetch: (request) => fetch(request),
    indexedDB: typeof indexedDB === 'undefined' ? null : indexedDB,
    openChannel:
      typeof BroadcastChannel === 'undefined' ? null : (name) => new BroadcastChannel(name) as unknown as ChannelLike,
    // In a browser like an uncaught error. On Node that would end the program, so there it is only logged.
    report: (error) => (typeof reportError === 'function' ? reportError(error) : console.error(error)),
    isOnline: () => typeof navigator === 'undefined' || navigator.onLine !== false,
    isHidden: () => typeof document !== 'undefined' && document.visibilityState === 'hidden',
    isSeen: () => typeof document !== 'undefined' && document.visibilityState === 'visible',
    listen,
  };
}

/** Uses getRandomValues, because randomUUID is missing on plain http. */
function randomId(): string {
  const bytes =
    typeof crypto === 'undefined'
      ? Uint8Array.from({ length: 16 }, () => Math.random() * 256)
      : crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function listen(event: 'wake' | 'leave' | 'offline', run: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const ends: (() => void)[] = [];
  const add = (target: EventTarget, name: string, when: () => boolean = () => true) => {
    const handler = () => when() && run();
    target.addEventListener(name, handler);
    ends.push(() => target.removeEventListener(name, handler));
  };
  const hidden = () => document.visibilityState === 'hidden';
  if (event === 'wake') {
    add(window, 'online');
    add(window, 'pageshow');
    add(window, 'focus');
    add(document, 'resume');
    add(document, 'visibilitychange', () => !hidden());
  } else if (event === 'offline') add(window, 'offline');
  else {
    add(window, 'pagehide');
    add(document, 'freeze');
    add(document, 'visibilitychange', hidden);
  }
  return () => {
    for (const end of ends) end();
  };
}
