import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it } from 'vitest';
import type { Editor, EditorSnapshot } from '../editor/editor';
import { useShownBy, useWriting } from './use-editor';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** An editor of which only the state is looked at. */
function stateOnly() {
  const listeners = new Set<() => void>();
  let snapshot: EditorSnapshot = {
    formats: {},
    focused: false,
    canUndo: false,
    canRedo: false,
    paste: null,
    showing: null,
  };
  const editor = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
  } as unknown as Editor;
  const set = (change: Partial<EditorSnapshot>) => {
    snapshot = { ...snapshot, ...change };
    for (const listener of listeners) listener();
  };
  return { editor, set };
}

const drawn = { page: 0, toolbar: 0, bar: 0 };

function Toolbar({ editor }: { editor: Editor }) {
  useWriting(editor);
  drawn.toolbar++;
  return null;
}

function Bar({ editor }: { editor: Editor }) {
  drawn.bar++;
  return useShownBy(editor, 'showing')?.percent ?? null;
}

function Page({ editor }: { editor: Editor }) {
  drawn.page++;
  return (
    <>
      <Toolbar editor={editor} />
      <Bar editor={editor} />
    </>
  );
}

it('P4: how far a long text is draws the bar that tells it, not the toolbar, and not the page', async () => {
  const { editor, set } = stateOnly();
  const root = createRoot(document.body);
  await act(async () => root.render(<Page editor={editor} />));
  for (const percent of [10, 20, 30]) await act(async () => set({ showing: { opening: true, percent } }));
  expect(document.body.textContent).toBe('30');
  expect(drawn).toEqual({ page: 1, toolbar: 1, bar: 4 });
  await act(async () => set({ canUndo: true }));
  expect(drawn).toEqual({ page: 1, toolbar: 2, bar: 4 });
  await act(async () => root.unmount());
});
