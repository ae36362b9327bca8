import { browserEnvironment } from './browser.ts';
import { Callbacks } from './callbacks.ts';
import type { Environment } from './environment.ts';
import { sameFields } from './state.ts';
import type { DocumentState, QuireDocument } from './types.ts';
import { Watched } from './watch.ts';

/** "Saved" is shown this long after the last confirmation, "offline" this long after the connection was lost, ms. */
const savedAfter = 500;
const offlineAfter = 2_000;

/** The state as it is shown: "saved" 500 ms after the last confirmation, "offline" after 2 s without a connection (at once
 * when the browser says so), everything else at once. Use it with useSyncExternalStore; it runs timers only while subscribed. */
export class ShownState {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentState;

  #document: Pick<QuireDocument, 'subscribe' | 'state'>;
  #env: Pick<Environment, 'setTimeout' | 'clearTimeout' | 'isOnline'>;
  #shown: Watched<DocumentState>;
  #timer: unknown = null;
  /** The kind of state for which the timer runs. */
  #due: DocumentState['kind'] | null = null;
  #subscribers = 0;
  #unsubscribe: (() => void) | null = null;

  constructor(
    document: Pick<QuireDocument, 'subscribe' | 'state'>,
    env: Pick<Environment, 'setTimeout' | 'clearTimeout' | 'isOnline' | 'report'> = browserEnvironment(),
  ) {
    this.#document = document;
    this.#env = env;
    this.#shown = new Watched(document.state, new Callbacks((error) => env.report(error)));
    this.getSnapshot = this.#shown.getSnapshot;
    this.subscribe = (listener) => {
      const unsubscribe = this.#shown.subscribe(listener);
      if (this.#subscribers++ === 0) {
        this.#unsubscribe = document.subscribe(() => this.#changed());
        this.#changed();
      }
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        unsubscribe();
        if (--this.#subscribers === 0) this.#stop();
      };
    };
  }

  #changed(): void {
    const now = this.#document.state;
    const delay = this.#delay(now);
    if (delay === 0) return this.#show(now);
    if (this.#due === now.kind) return; // the timer of this state is running
    this.#clearTimer();
    this.#due = now.kind;
    this.#timer = this.#env.setTimeout(() => {
      this.#due = this.#timer = null;
      this.#show(this.#document.state);
    }, delay);
  }

  #delay(next: DocumentState): number {
    if (next.kind === this.#shown.value.kind) return 0;
    if (next.kind === 'saved') return this.#shown.value.kind === 'saving' ? savedAfter : 0;
    if (next.kind === 'offline' && next.reason !== 'restarting') return this.#env.isOnline() ? offlineAfter : 0;
    return 0;
  }

  #show(state: DocumentState): void {
    this.#clearTimer();
    if (!sameFields(state, this.#shown.value)) this.#shown.set(state);
  }

  #stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#clearTimer();
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timer = null;
    this.#due = null;
  }
}
