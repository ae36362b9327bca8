import { useEffect, useRef } from 'react';
import { isPhone } from './screen';

/** The history entry of a closed sheet, until it is removed. A sheet that opens at the same moment reuses it: going back takes effect later,
 * and would then remove the new sheet's entry. */
let spare: string | null = null;
let opened = 0;

/**
 * Makes a phone's back button close what is on top instead of leaving the page. Opening adds an entry to the browser's history, closing
 * removes it; an entry that is no longer the last, because the user navigated, is left alone.
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
      if (history.state?.sheet === mark) return; // a sheet on top of this one was closed
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
