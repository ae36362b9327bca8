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

// At a document's address what its page needs (build/early.ts) is fetched at once, beside the first bundle and not after it.
(() => {
  if (!location.pathname.startsWith('/d/')) return;
  const names = document.querySelector('meta[name="quire:document"]')?.getAttribute('content') ?? '';
  for (const name of names.split(' ').filter(Boolean)) {
    const link = document.createElement('link');
    link.rel = name.endsWith('.css') ? 'preload' : 'modulepreload';
    if (name.endsWith('.css')) link.as = 'style';
    link.crossOrigin = '';
    link.href = name;
    document.head.append(link);
  }
})();
