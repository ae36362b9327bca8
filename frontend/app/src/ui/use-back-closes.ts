import { useEffect, useRef } from 'react';
import { isPhone } from './screen';

/** The entry of a sheet that has closed, until it is taken away. A sheet that opens at the same moment takes it over: stepping
 * back takes effect later, and would then take the new one's. */
let spare: string | null = null;
let opened = 0;

/**
 * On a phone the back button closes what lies on top instead of leaving the page. Opening adds an entry to the browser's
 * history, closing takes it away again; an entry that is no longer on top (somebody navigated) is left alone.
 */
export function useBackCloses(open: boolean, close: () => void): void {
  const closer = useRef(close);
  closer.current = close;
  useEffect(() => {
    if (!open || !isPhone()) return;
    const mark = `sheet-${performance.timeOrigin}-${++opened}`; // no other page load has it
    const state = { ...history.state, sheet: mark };
    if (spare !== null && history.state?.sheet === spare) history.replaceState(state, '');
    else history.pushState(state, '');
    spare = null;
    let popped = false;
    const onPop = () => {
      if (history.state?.sheet === mark) return; // what lay on top of this one was closed
      popped = true;
      closer.current();
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
      if (popped || history.state?.sheet !== mark) return;
      spare = mark;
      queueMicrotask(() => {
        if (spare !== mark) return;
        spare = null;
        history.back();
      });
    };
  }, [open]);
}
