import Delta from 'quill-delta';
import { expect } from 'vitest';
import type { ClientOptions } from '../src/client-types.ts';
import type { QuireDocument } from '../src/types.ts';
import { BrowserModel, type PageModel } from './page-model.ts';
import { World } from './world.ts';

/** A world without faults, with one document, for tests that each tell one story. */
export class Scene {
  readonly world: World;
  readonly laptop: BrowserModel;

  constructor(text = 'hello\n') {
    this.world = new World(1);
    this.world.faulty = false;
    this.world.server.create('doc', text);
    this.laptop = new BrowserModel(this.world, 'ada');
  }

  get server() {
    return this.world.server;
  }

  browser(user: string): BrowserModel {
    return new BrowserModel(this.world, user);
  }

  /** Loads a page of a browser and opens the document in it. */
  async open(browser = this.laptop, options: ClientOptions = {}): Promise<{ page: PageModel; doc: QuireDocument }> {
    const page = browser.load(options);
    const doc = page.client.open('doc');
    await this.until(() => doc.getSnapshot().loaded || doc.getSnapshot().gone !== null);
    return { page, doc };
  }

  /** Steps until `what` is true and nothing is under way. Fails the test if that does not happen. */
  async until(what: () => boolean): Promise<void> {
    expect(await this.world.until(what, 120_000), `${what}`).toBe(true);
  }

  async saved(...documents: QuireDocument[]): Promise<void> {
    await this.until(() => documents.every((doc) => doc.state.kind === 'saved'));
  }

  pass(ms: number): Promise<void> {
    return this.world.pass(ms);
  }

  /** The server's document as plain text. */
  get text(): string {
    return plain(this.server.contents('doc'));
  }

  /** Breaks the network of a page, until `world.up` is set again. */
  cut(page: PageModel): void {
    this.world.up = false;
    for (const link of page.link) link.break();
  }

  closeAll(code: number): void {
    this.server.closeAll(code);
  }
}

export function type(doc: QuireDocument, at: number, text: string, attributes?: Record<string, unknown>): void {
  doc.edit(new Delta().retain(at).insert(text, attributes));
}

export function plain(delta: Delta): string {
  return delta.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '￼')).join('');
}

/** Returns a list that records the kinds of state a document goes through. */
export function history(doc: QuireDocument): string[] {
  const kinds: string[] = [doc.state.kind];
  doc.subscribe(() => doc.state.kind !== kinds.at(-1) && kinds.push(doc.state.kind));
  return kinds;
}
