/** Whether the page may be left without a question, because the user pressed a button that says so. */
let asked = false;

/** Makes leaving the page ask while there are unsent edits (`unsent` returns how many). They are kept on the device, but only another page
 * of the same browser can send them. */
export function askBeforeLeaving(unsent: () => number): () => void {
  const onLeave = (event: BeforeUnloadEvent) => {
    if (!asked && unsent() > 0) event.preventDefault();
  };
  addEventListener('beforeunload', onLeave);
  return () => removeEventListener('beforeunload', onLeave);
}

/** Reloads the page, which then sends what is unsent. */
export function reloadPage(): void {
  asked = true;
  location.reload();
}
