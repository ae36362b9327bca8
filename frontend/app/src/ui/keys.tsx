import classes from './keys.module.css';

const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.platform);

const names: Record<string, string> = mac
  ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃', Up: '↑', Down: '↓', Space: '␣' }
  : { Mod: 'Ctrl', Shift: '⇧', Up: '↑', Down: '↓', Space: '␣' };

/** Returns the keys of a shortcut such as `Mod+Shift+S` as this system writes them. */
export function shortcutKeys(shortcut: string): string[] {
  return shortcut.split('+').map((key) => names[key] ?? key);
}

export function shortcutText(shortcut: string): string {
  return shortcutKeys(shortcut).join(mac ? '' : ' ');
}

/** Reports whether an event is a shortcut. `Mod` is ⌘ on Apple's systems and Ctrl elsewhere. Letters are matched by what they type, digits
 * also by their physical key, because Shift and Alt change what they type. */
export function matches(event: KeyboardEvent, shortcut: string): boolean {
  const parts = shortcut.split('+');
  const key = parts.pop() ?? '';
  const mod = parts.includes('Mod');
  if (event.shiftKey !== parts.includes('Shift') || event.altKey !== parts.includes('Alt')) return false;
  if ((mac ? event.metaKey : event.ctrlKey) !== mod || (mac ? event.ctrlKey : event.metaKey)) return false;
  if (/^\d$/.test(key)) return event.code === `Digit${key}` || event.key === key;
  if (/^[A-Z]$/.test(key)) return event.key.toUpperCase() === key || (event.altKey && event.code === `Key${key}`);
  if (key === '/') return event.key === '/' || event.code === 'Slash';
  return event.key === (arrows[key] ?? key);
}

const arrows: Record<string, string> = { Up: 'ArrowUp', Down: 'ArrowDown', Esc: 'Escape' };

export function Keys({ of }: { of: string }) {
  const keys = shortcutKeys(of).map((key, place) => ({ key, id: `${place} ${key}` }));
  return (
    <span className={classes.keys}>
      {keys.map(({ key, id }) => (
        <kbd key={id}>{key}</kbd>
      ))}
    </span>
  );
}
