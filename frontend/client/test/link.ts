import type { SocketLike } from '../src/environment.ts';
import type { PageModel } from './page-model.ts';
import type { Session } from './server-model.ts';

/** A socket between a page and the server. Frames are delivered when the world decides. */
export class Link {
  readonly page: PageModel;
  readonly toServer: string[] = [];
  readonly toClient: (string | { close: number })[] = [];
  readonly socket: SocketLike;
  #session: Session | null = null;
  #open = false;
  #over = false;

  constructor(page: PageModel) {
    this.page = page;
    const { world } = page;
    world.links.add(this);
    page.link.add(this);
    this.socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => {
        if (!this.#over) this.toServer.push(text);
      },
      close: () => this.cut(),
    };
    page.tell(() => {
      if (this.#over) return;
      if (!world.up || page.browser.user === '') return this.#closed(1006);
      this.#session = world.server.connect(
        page.browser.user,
        (frame) => this.toClient.push(JSON.stringify(frame)),
        (code) => this.toClient.push({ close: code }),
      );
      this.#open = true;
      this.socket.onopen?.();
    });
  }

  deliverToServer(): void {
    const text = this.toServer.shift();
    if (text !== undefined && this.#session && this.#open) this.page.world.server.receive(this.#session, text);
  }

  deliverToClient(): void {
    const { random } = this.page.world;
    const frame = this.toClient.shift();
    if (frame === undefined || this.#over) return;
    if (typeof frame !== 'string') return this.#closed(frame.close);
    if (!this.page.world.faulty) {
      this.socket.onmessage?.({ data: frame });
      return;
    }
    // An acknowledgement is lost although the connection holds: a fault of the server, which the client has to survive.
    if (isOp(frame) && !frame.includes('"op":') && random.chance(0.02)) return;
    // Two ops are swapped, or a frame comes twice: the protocol has to survive both.
    const next = this.toClient[0];
    if (isOp(frame) && isOp(next) && random.chance(0.03)) {
      this.toClient[0] = frame;
      this.socket.onmessage?.({ data: next });
      return;
    }
    if (isOp(frame) && random.chance(0.03)) this.toClient.unshift(frame);
    this.socket.onmessage?.({ data: frame });
  }

  /** The connection breaks: what was on its way is lost in both directions. */
  break(): void {
    this.#leave();
    this.toServer.length = this.toClient.length = 0;
    this.toClient.push({ close: 1006 });
    this.#open = false;
  }

  /** The page closes the socket: what it sent may still arrive. */
  cut(): void {
    this.#over = true;
    this.page.link.delete(this);
    this.toClient.length = 0;
    if (this.toServer.length === 0) this.#leave();
    else this.page.world.random.chance(0.5) ? this.#flush() : this.#leave();
    this.page.world.links.delete(this);
  }

  #flush(): void {
    while (this.toServer.length > 0) this.deliverToServer();
    this.#leave();
  }

  #closed(code: number): void {
    this.cut();
    this.socket.onclose?.({ code, reason: '' });
  }

  #leave(): void {
    if (this.#session) this.page.world.server.disconnect(this.#session);
  }
}

function isOp(frame: unknown): frame is string {
  return typeof frame === 'string' && frame.startsWith('{"a":"op"');
}
