const tabbable = 'a[href], button, input, select, textarea, [tabindex]';

/** Lets Tab reach toasts while a dialog traps the focus: from the end of the dialog to the buttons in the toasts, and on to its start. Returns
 * the function that ends this. */
export function tabToToasts(toasts: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Tab' || event.altKey || event.ctrlKey || event.metaKey) return;
    const dialog = [...document.querySelectorAll<HTMLElement>('[role=dialog][aria-modal=true]')].at(-1);
    const { activeElement } = document;
    if (!dialog || !(activeElement instanceof HTMLElement)) return;
    const ring = [...stops(dialog), ...stops(toasts)];
    const at = ring.indexOf(activeElement);
    const next = ring[(at + (event.shiftKey ? ring.length - 1 : 1)) % ring.length];
    if (at < 0 || !next || toasts.contains(next) === toasts.contains(activeElement)) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  };
  addEventListener('keydown', onKey, true);
  return () => removeEventListener('keydown', onKey, true);
}

function stops(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(tabbable)].filter(
    (element) => element.tabIndex >= 0 && !element.matches(':disabled') && element.getClientRects().length > 0,
  );
}
