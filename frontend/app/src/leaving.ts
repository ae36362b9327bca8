/** Whether the page may go without a question: the reader pressed a button that says so. */
let asked = false;

/** Leaving with unsent edits asks (`unsent`: how many): they are kept on the device, but only another page of the same browser can send them. */
export function askBeforeLeaving(unsent: () => number): () => void {
  const onLeave = (event: BeforeUnloadEvent) => {
    if (!asked && unsent() > 0) event.preventDefault();
  };
  addEventListener('beforeunload', onLeave);
  return () => removeEventListener('beforeunload', onLeave);
}

/** Loads the page anew; what is unsent is sent by the new one. */
export function reloadPage(): void {
  asked = true;
  location.reload();
}
