import type { QuireDocument } from '@quire/client';
import { type RefCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Editor, EditorSnapshot, Writing } from '../editor/editor';
import type { PageActions } from '../editor/shortcuts';
import { focusIsFree } from '../ui/keep-focus';
import { loadEditor } from './load-editor';

interface Mounted {
  host: RefCallback<HTMLDivElement>;
  /** Null until the editor's chunk is here and the text has arrived. */
  handle: Editor | null;
}

/** The editor of a document, for as long as its element is on the page. */
export function useEditor(document: QuireDocument, loaded: boolean, page: PageActions): Mounted {
  const [host, setHost] = useState<HTMLDivElement | null>(null);
  const [handle, setHandle] = useState<Editor | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // The page above shows what can be done; a chunk that did not arrive comes with a reload.
  if (failure !== null) throw failure;
  // The newest actions, without making the editor anew.
  const actions = useRef(page);
  actions.current = page;

  useEffect(() => {
    if (!host || !loaded) return;
    let made: Editor | null = null;
    let gone = false;
    const make = async () => {
      const { createEditor } = await loadEditor();
      if (gone) return;
      made = createEditor(host, document, {
        link: () => actions.current.link(),
        help: () => actions.current.help(),
        palette: () => actions.current.palette(),
        toolbar: () => actions.current.toolbar(),
        save: () => actions.current.save(),
      });
      setHandle(made);
    };
    make().catch(setFailure);
    return () => {
      gone = true;
      made?.destroy();
      setHandle(null);
    };
  }, [host, document, loaded]);

  // Other effects end when the text is off the page, and stands nowhere.
  useLayoutEffect(() => () => handle?.keepPlace(), [handle]);
  useFirstFocus(handle);
  return { host: setHost, handle };
}

/** One thing that the editor shows of its state. Whoever shows it asks for it: the page as a whole is not drawn anew for it. */
export function useShownBy<Name extends keyof EditorSnapshot>(editor: Editor, name: Name): EditorSnapshot[Name] {
  return useSyncExternalStore(editor.subscribe, () => editor.getSnapshot()[name]);
}

/** What toolbars show. */
export function useWriting(editor: Editor): Writing {
  return {
    formats: useShownBy(editor, 'formats'),
    focused: useShownBy(editor, 'focused'),
    canUndo: useShownBy(editor, 'canUndo'),
    canRedo: useShownBy(editor, 'canRedo'),
  };
}

/** Opening a document puts the focus into the text; a new one has it in its title already. */
function useFirstFocus(handle: Editor | null): void {
  useEffect(() => {
    if (!handle || history.state?.fresh) return;
    // On touch screens the keyboard would cover what one came to read.
    if (matchMedia('(pointer: coarse)').matches) return;
    if (focusIsFree(document)) handle.focus();
  }, [handle]);
}
