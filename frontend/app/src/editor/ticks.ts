import Quill from 'quill/core';

/** Ticks or unticks the checklist box under a press. Quill would change the page instead, and read that change. */
export function tickByPointer(quill: Quill, event: Event): void {
  const box = event.target;
  if (!(box instanceof Element) || !box.matches('.ql-ui') || !quill.isEnabled()) return;
  const line = box.parentElement && quill.scroll.find(box.parentElement);
  if (!line) return;
  const index = quill.getIndex(line);
  const now = quill.getLine(index)[0]?.formats().list;
  if (now !== 'checked' && now !== 'unchecked') return;
  event.preventDefault();
  event.stopPropagation();
  quill.formatLine(index, 1, { list: now === 'checked' ? 'unchecked' : 'checked' }, Quill.sources.USER);
}
