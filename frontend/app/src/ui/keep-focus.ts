/** What can get the focus, without fields: for those a phone would open its keyboard. */
const focusable = 'a[href], button:not(:disabled), [tabindex]:not([tabindex="-1"])';

/** How many focused elements are remembered: the one in a dialog, the button that opened it, and some to spare. */
const remembered = 6;

/** The element that was given the focus here, if the user has not moved it since. */
let given: HTMLElement | null = null;

/** Reports whether the user did not choose where the focus is: it fell to the body, or was given to an element here. */
export function focusIsFree({ activeElement, body }: Document): boolean {
  return activeElement === null || activeElement === body || activeElement === given;
}

/**
 * Keeps the focus in the page. When the focused element is removed (a deleted row, a field that was left, a dialog whose opener is gone),
 * browsers move the focus to the body, and keyboard users start at the top again. Here it moves to what replaces the element, or to its
 * neighbours, or to the main part of the page. A button that is disabled while it waits for an answer gets the focus back afterwards.
 * Returns the function that ends this.
 */
export function keepFocus(page: Document): () => void {
  let places: HTMLElement[] = []; // newest first
  let waiting: HTMLElement | null = null; // was disabled while it had the focus
  const note = ({ target }: FocusEvent) => {
    if (target !== given) given = null;
    waiting = null;
    if (target instanceof HTMLElement) places = newest([target, ...places.filter((place) => place !== target)]);
  };
  const observer = new MutationObserver((records) => {
    const lost = places[0];
    // The browser takes the focus from a disabled element only when it draws, which is after this.
    if (lost?.matches(':disabled') && page.activeElement === lost) waiting = lost;
    if (!lost || (page.activeElement !== page.body && page.activeElement !== null)) return;
    if (lost.isConnected) {
      if (lost !== waiting || lost.matches(':disabled')) return;
      given = lost;
    } else given = successor(page, records, places);
    given?.focus();
  });
  page.addEventListener('focusin', note);
  observer.observe(page.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  return () => {
    page.removeEventListener('focusin', note);
    observer.disconnect();
  };
}

/** Returns the newest focused elements. The openers of dialogs are always among them, however many fields had the focus since. */
function newest(places: HTMLElement[]): HTMLElement[] {
  const kept = places.slice(0, remembered);
  if (kept.some(inThePage)) return kept;
  return [...kept, ...places.slice(remembered).filter(inThePage).slice(0, 1)];
}

function inThePage(place: HTMLElement): boolean {
  return place.isConnected && place.closest('[role="dialog"], [role="menu"]') === null;
}

function successor(page: Document, records: MutationRecord[], places: HTMLElement[]): HTMLElement | null {
  for (const place of places) {
    if (place.isConnected) return place;
    const beside = besides(page, records, place);
    if (beside) return beside;
  }
  return mainOf(page);
}

/** Returns the candidates after a removal: what came in its place, what follows, what precedes, what is around. */
function besides(page: Document, records: MutationRecord[], place: HTMLElement): HTMLElement | null {
  const record = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(place)));
  // The neighbour of a closed dialog is the one below it, whose first button is not meant: the focus goes back to the opener.
  if (place.closest('[role="dialog"], [role="menu"]') && !place.closest('[role="dialog"]')?.isConnected) return null;
  if (!record || record.target === page.body || !record.target.isConnected) return null;
  const added = records.filter(({ target }) => target === record.target).flatMap(({ addedNodes }) => [...addedNodes]);
  for (const node of [...added, record.nextSibling, record.previousSibling, record.target]) {
    const found = node instanceof HTMLElement && node.isConnected ? firstIn(node) : null;
    if (found) return found;
  }
  return null;
}

function firstIn(element: HTMLElement): HTMLElement | null {
  return element.matches(focusable) ? element : element.querySelector<HTMLElement>(focusable);
}

function mainOf(page: Document): HTMLElement | null {
  const main = page.querySelector<HTMLElement>('main');
  if (main && !main.hasAttribute('tabindex')) main.tabIndex = -1;
  return main;
}
