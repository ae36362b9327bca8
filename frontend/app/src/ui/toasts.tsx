import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { tabToToasts } from './tab-to-toasts';
import classes from './toasts.module.css';

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
  /** Stays until the user acts on it. */
  stays?: boolean;
}

const shownFor = 5_000;

/** The page's toasts. One list, because two live regions would interrupt each other. */
function createToasts() {
  let list: readonly Toast[] = [];
  let next = 1;
  const listeners = new Set<() => void>();
  const set = (value: readonly Toast[]) => {
    list = value;
    for (const listener of listeners) listener();
  };
  return {
    show(text: string, options: Omit<Toast, 'id' | 'text'> = {}) {
      const toast = { id: next++, text, ...options };
      set([...list.filter((other) => other.text !== text), toast].slice(-3));
    },
    close: (id: number) => set(list.filter((toast) => toast.id !== id)),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list: () => list,
  };
}

const toasts = createToasts();

/** Shows something that needs no answer, for five seconds, at the lower left. */
export const toast = toasts.show;

export function Toasts() {
  const list = useSyncExternalStore(toasts.subscribe, toasts.list);
  const stack = useRef<HTMLDivElement>(null);
  useEffect(() => (stack.current ? tabToToasts(stack.current) : undefined), []);
  return (
    <div ref={stack} className={classes.stack} role="status" aria-live="polite">
      {list.map((item) => (
        <ToastCard key={item.id} item={item} />
      ))}
    </div>
  );
}

function ToastCard({ item }: { item: Toast }) {
  const [held, setHeld] = useState(false);
  const left = useRef(shownFor);
  useEffect(() => {
    if (held || item.stays) return;
    const begun = performance.now();
    const timer = setTimeout(() => toasts.close(item.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(1_000, left.current - (performance.now() - begun));
    };
  }, [held, item.id, item.stays]);
  const hold = { onMouseEnter: () => setHeld(true), onMouseLeave: () => setHeld(false) };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: being looked at only keeps it longer; nothing is to be pressed
    <div className={classes.toast} {...hold} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
      <span>{item.text}</span>
      {item.action && (
        <button
          type="button"
          onClick={() => {
            item.action?.run();
            toasts.close(item.id);
          }}
        >
          {item.action.label}
        </button>
      )}
      {item.stays && (
        <button type="button" onClick={() => toasts.close(item.id)}>
          Later
        </button>
      )}
    </div>
  );
}
