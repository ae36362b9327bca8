/** What the client uses of the page around it. Tests pass their own; a host without one of the optional parts does without
 * what hangs on it. Nothing here needs a secure context. */
export interface Environment {
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** In [0, 1). Used for jitter only. */
  random(): number;
  /** 128 random bits as text. */
  randomId(): string;
  openSocket(url: string, protocols: string[]): SocketLike;
  fetch(input: Request): Promise<Response>;
  /** Null: nothing is kept beyond this tab. */
  indexedDB: IDBFactory | null;
  /** Null: pages cannot ask each other. */
  openChannel: ((name: string) => ChannelLike) | null;
  /** False when the browser knows that there is no network. */
  isOnline(): boolean;
  /** A page in the background. */
  isHidden(): boolean;
  /** Somebody may be looking: a page that is not in the background. Never true of a program without a page. */
  isSeen(): boolean;
  /** An exception that the application threw where the client called it: out of a listener, a subscriber, a callback. */
  report(error: unknown): void;
  /** `wake`: online again, visible again, or back from the freezer. `leave`: the page may not come back. `offline`: the browser
   * has no network any more. */
  listen(event: 'wake' | 'leave' | 'offline', run: () => void): () => void;
}

/** The part of a browser's WebSocket that is used. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  /** Bytes that were sent and have not left yet, where the host knows. */
  readonly bufferedAmount?: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

/** The part of a browser's BroadcastChannel that is used. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  close(): void;
}
