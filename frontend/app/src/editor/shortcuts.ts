import { matches } from '../ui/keys';
import type { Alignment, Commands } from './commands';

/** What shortcuts do in the page around the editor. */
export interface PageActions {
  link: () => void;
  help: () => void;
  palette: () => void;
  toolbar: () => void;
  /** On Mod+S, in place of the browser's dialog, which would save the page, not the document. */
  save: () => void;
}

export interface Shortcut {
  keys: string;
  run: () => void;
}

export function shortcutsFor(commands: Commands, page: PageActions): Shortcut[] {
  const align: [string, Alignment][] = [
    ['Mod+Shift+L', 'left'],
    ['Mod+Shift+E', 'center'],
    ['Mod+Shift+R', 'right'],
    ['Mod+Shift+J', 'justify'],
  ];
  return [
    { keys: 'Mod+B', run: () => commands.toggle('bold') },
    { keys: 'Mod+I', run: () => commands.toggle('italic') },
    { keys: 'Mod+U', run: () => commands.toggle('underline') },
    { keys: 'Mod+Shift+S', run: () => commands.toggle('strike') },
    { keys: 'Mod+Shift+X', run: () => commands.toggle('strike') },
    { keys: 'Mod+E', run: () => commands.toggle('code') },
    { keys: 'Mod+K', run: page.link },
    { keys: 'Mod+Alt+0', run: () => commands.style('paragraph') },
    ...([1, 2, 3, 4, 5, 6] as const).map((level) => ({ keys: `Mod+Alt+${level}`, run: () => commands.style(level) })),
    { keys: 'Mod+Shift+7', run: () => commands.list('ordered') },
    { keys: 'Mod+Shift+8', run: () => commands.list('bullet') },
    { keys: 'Mod+Shift+9', run: () => commands.list('check') },
    { keys: 'Mod+Enter', run: () => commands.tick() },
    { keys: 'Mod+Shift+B', run: () => commands.quote() },
    { keys: 'Mod+Alt+C', run: () => commands.codeBlock() },
    { keys: 'Mod+]', run: () => commands.indent(1) },
    { keys: 'Mod+[', run: () => commands.indent(-1) },
    ...align.map(([keys, to]) => ({ keys, run: () => commands.align(to) })),
    { keys: 'Mod+\\', run: () => commands.clear() },
    { keys: 'Mod+Z', run: () => commands.undo() },
    { keys: 'Mod+Shift+Z', run: () => commands.redo() },
    { keys: 'Mod+Y', run: () => commands.redo() },
    { keys: 'Alt+Shift+Up', run: () => commands.moveLines(true) },
    { keys: 'Alt+Shift+Down', run: () => commands.moveLines(false) },
    { keys: 'Mod+S', run: page.save },
    { keys: 'Mod+/', run: page.help },
    { keys: 'Alt+/', run: page.palette },
    { keys: 'Alt+F10', run: page.toolbar },
  ];
}

/**
 * Listens before Quill, so that it does not see our shortcuts. Returns the function that ends it. Tab types a tab, so Esc and then Tab
 * leaves the text: a keyboard user must never be trapped.
 */
export function listenForKeys(root: HTMLElement, shortcuts: Shortcut[]): () => void {
  let leaving = false;
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Tab' && leaving) {
      leaving = false;
      event.stopPropagation();
      return;
    }
    if (event.key === 'Escape') leaving = true;
    else if (event.key !== 'Shift') leaving = false;
    // AltGr types a character, though some systems report it as Ctrl and Alt.
    if (event.getModifierState('AltGraph')) return;
    const shortcut = shortcuts.find(({ keys }) => matches(event, keys));
    if (!shortcut) return;
    event.preventDefault();
    event.stopPropagation();
    shortcut.run();
  };
  const onPointer = () => {
    leaving = false;
  };
  root.addEventListener('keydown', onKey, true);
  root.addEventListener('pointerdown', onPointer);
  return () => {
    root.removeEventListener('keydown', onKey, true);
    root.removeEventListener('pointerdown', onPointer);
  };
}
