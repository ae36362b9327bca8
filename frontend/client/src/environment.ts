/** What the client uses of its host, which is a page or Node. Tests pass their own. Where a part is null, the client does without what
 * depends on it. Nothing here needs a secure context. */
export interface Environment {
  /** ms since 1970. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** In [0, 1). Used for jitter only. */
  random(): number;
  /** 128 random bits as text. */
  randomId(): string;
  openSocket(url: string, protocols: string[]): SocketLike;
  fetch(input: Request): Promise<Response>;
  /** Null: edits are kept in this tab's memory only. */
  indexedDB: IDBFactory | null;
  /** Null: pages cannot reach each other. */
  openChannel: ((name: string) => ChannelLike) | null;
  /** False if the browser knows that there is no network. */
  isOnline(): boolean;
  /** True for a page in the background. */
  isHidden(): boolean;
  /** True if somebody may be looking, which is a page in the foreground. Never true on Node. */
  isSeen(): boolean;
  /** Reports an exception that the application threw when the client called its listener, subscriber or callback. */
  report(error: unknown): void;
  /** Calls `run` on each such event, and returns the function that ends that. `wake`: online again, visible again, or thawed from a
   * frozen state. `leave`: the page may not come back. `offline`: the browser lost the network. */
  listen(event: 'wake' | 'leave' | 'offline', run: () => void): () => void;
}

/** The part of a browser's WebSocket that is used. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  /** Bytes sent that have not left yet, if the host knows. */
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
