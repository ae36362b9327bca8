const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

/**
 * Calls `act` in a task of its own, after the browser has had its turn to handle keys and draw. Not by setTimeout, which browsers
 * throttle after a few nested calls, and to once a second in hidden pages; not by scheduler.yield, which goes before the rest of the
 * page's work. Returns a function that cancels the call.
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
