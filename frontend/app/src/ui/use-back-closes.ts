import { useEffect, useRef } from 'react';
import { isPhone } from './screen';

/**
 * On a phone the back button closes what lies on top instead of leaving the page. Opening adds an entry to the browser's
 * history, closing takes it away again; an entry that is no longer on top (somebody navigated) is left alone.
 */
export function useBackCloses(opened: boolean, close: () => void): void {
  const closer = useRef(close);
  closer.current = close;
  useEffect(() => {
    if (!opened || !isPhone()) return;
    const mark = `sheet-${performance.now()}`;
    history.pushState({ ...history.state, sheet: mark }, '');
    let popped = false;
    const onPop = () => {
      if (history.state?.sheet === mark) return; // what lay on top of this one was closed
      popped = true;
      closer.current();
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
      if (!popped && history.state?.sheet === mark) history.back();
    };
  }, [opened]);
}
