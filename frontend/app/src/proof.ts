/** Some changes are refused with proof-needed until people show once more who they are. Who asks them is the page; `call` waits. */

/** Resolves to whether they did. */
type Ask = (ways: readonly string[]) => Promise<boolean>;

let ask: Ask | null = null;

/** From now on `next` asks, until the returned function is called. */
export function onProofNeeded(next: Ask): () => void {
  ask = next;
  return () => {
    if (ask === next) ask = null;
  };
}

export function askForProof(ways: readonly string[]): Promise<boolean> {
  return ask ? ask(ways) : Promise.resolve(false);
}
