// Runs before the first paint, as a file of its own because the page's policy allows no inline script: copies the stored
// choice of theme to the attribute every colour hangs on, so that nobody sees a white flash in the dark.
(() => {
  let choice = 'auto';
  try {
    choice = localStorage.getItem('quire.theme') || 'auto';
  } catch {
    // Storage can be forbidden; then the system decides.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#0f1513' : '#eff2f1');
})();
