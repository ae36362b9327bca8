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

/** Makes the editor of a document, for as long as its element is on the page. */
export function useEditor(document: QuireDocument, loaded: boolean, page: PageActions): Mounted {
  const [host, setHost] = useState<HTMLDivElement | null>(null);
  const [handle, setHandle] = useState<Editor | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // Thrown to the error boundary, which offers to reload: that fetches a chunk that did not arrive.
  if (failure !== null) throw failure;
  // Holds the newest actions, so that the editor need not be made again when they change.
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

  // In a layout effect, because other effects end only after the text was removed from the page and has no place any more.
  useLayoutEffect(() => () => handle?.keepPlace(), [handle]);
  useFirstFocus(handle);
  return { host: setHost, handle };
}

/** Subscribes to one part of the editor's snapshot, so that only the component that shows it renders again. */
export function useShownBy<Name extends keyof EditorSnapshot>(editor: Editor, name: Name): EditorSnapshot[Name] {
  return useSyncExternalStore(editor.subscribe, () => editor.getSnapshot()[name]);
}

/** Subscribes to what toolbars show. */
export function useWriting(editor: Editor): Writing {
  return {
    formats: useShownBy(editor, 'formats'),
    focused: useShownBy(editor, 'focused'),
    canUndo: useShownBy(editor, 'canUndo'),
    canRedo: useShownBy(editor, 'canRedo'),
  };
}

/** Puts the focus into the text when a document is opened; in a new one it already is in the title. */
function useFirstFocus(handle: Editor | null): void {
  useEffect(() => {
    if (!handle || history.state?.fresh) return;
    // On touch screens the keyboard would cover the text.
    if (matchMedia('(pointer: coarse)').matches) return;
    if (focusIsFree(document)) handle.focus();
  }, [handle]);
}
