/** Copies text to the clipboard, by the older way too, because the clipboard API is missing on plain http. Resolves to false if neither
 * was allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // No focus or no permission: try the other way.
  }
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.readOnly = true;
  holder.style.position = 'fixed';
  holder.style.opacity = '0';
  const focused = document.activeElement;
  // Inside an open dialog, because its focus trap would take the focus back before the copy.
  const parent = focused?.closest('[role="dialog"]') ?? document.body;
  parent.append(holder);
  holder.select();
  const done = document.execCommand('copy');
  holder.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** Downloads text as a file. */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || 'document'}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
