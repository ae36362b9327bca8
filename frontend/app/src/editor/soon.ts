const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

/**
 * Calls back in a turn of its own, when the browser has taken keys, drawn, and done what waited before. Not by setTimeout, which
 * browsers hold back after a few times, and for a second in pages that nobody looks at; not by scheduler.yield, which goes
 * before the rest of the page's work. Gives a function that calls it off.
 */
export function soon(act: () => void): () => void {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
    // In Node, where tests run, an open port would keep the process.
    (channel.port1 as { unref?: () => void }).unref?.();
  }
  let off = false;
  waiting.push(() => {
    if (!off) act();
  });
  channel.port2.postMessage(null);
  return () => {
    off = true;
  };
}
