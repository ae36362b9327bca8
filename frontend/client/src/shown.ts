import type { DocumentState, QuireDocument } from './types.ts';

/** The state as it is shown: "saved" 500 ms after the last confirmation, "offline" after 2 s without a connection (at once
 * when the browser says so), everything else at once. Use it with useSyncExternalStore; it runs timers only while subscribed. */
export class ShownState {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentState;

  constructor(document: Pick<QuireDocument, 'subscribe' | 'state'>) {
    this.subscribe = document.subscribe;
    this.getSnapshot = () => document.state;
  }
}
