import { useComputedColorScheme } from '@mantine/core';
import { useEffect } from 'react';

/** Sets the colour that phones show around the page: that of the background, in either theme. */
export function ThemeColour() {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    document
      .querySelector('meta[name="theme-color"]')
      ?.setAttribute('content', scheme === 'dark' ? '#0f1513' : '#eff2f1');
  }, [scheme]);
  return null;
}
