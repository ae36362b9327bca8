import Delta, { type Op } from 'quill-delta';

/** An op as the log holds it. */
interface Entry {
  readonly src: string;
  readonly seq: number;
  readonly user: string;
  readonly op: Op[];
}

interface Session {
  readonly user: string;
  readonly subscribed: Set<string>;
  readonly channels: Set<string>;
  id: string | null;
  send(frame: object): void;
  close(code: number): void;
}

/** Quire's server as far as a client can tell: the ShareDB protocol with Quire's additions, over a log in memory. It records what no
 * client may do (`violations`) and refuses what it is told to. */
export class ServerModel {
  epoch = 'e1';
  readonly violations: string[] = [];
  /** Decides which ops are refused. */
  refuses = (op: Op[]): boolean => op.some((one) => one.attributes?.link === 'https://refuse.example/');
  /** Whether a submitter that is not subscribed gets the ops it has missed before its acknowledgement. */
  sendsMissing = true;
  readonly roles = new Map<string, string>();
  readonly #documents = new Map<string, Entry[]>();
  readonly #texts = new Map<string, { text: Delta; at: number }>();
  readonly #sessions = new Set<Session>();
  readonly #seen = new Map<string, string>();
  #ids = 0;

  create(document: string, text: string): void {
    this.#documents.set(document, [{ src: 'rest', seq: 1, user: 'rest', op: [{ insert: text }] }]);
  }

  log(document: string): readonly Entry[] {
    return this.#documents.get(document) ?? [];
  }

  contents(document: string): Delta {
    const log = this.log(document);
    let { text, at } = this.#texts.get(document) ?? { text: new Delta(), at: 0 };
    for (; at < log.length; at++) text = text.compose(new Delta((log[at] as Entry).op));
    this.#texts.set(document, { text, at });
    return text;
  }

  /** Restores a backup: the last `without` ops are gone, and the epoch changes. */
  restore(document: string, without: number, epoch: string): void {
    const log = this.log(document);
    this.#documents.set(document, log.slice(0, log.length - without));
    this.#texts.delete(document);
    this.epoch = epoch;
  }

  /** Whether it can store. If not, ops get no answer. */
  stores = true;

  connect(user: string, send: (frame: object) => void, close: (code: number) => void): Session {
    const session: Session = { user, subscribed: new Set(), channels: new Set(), id: null, send, close };
    this.#sessions.add(session);
    return session;
  }

  disconnect(session: Session): void {
    this.#sessions.delete(session);
  }

  closeAll(code: number): void {
    for (const session of [...this.#sessions]) {
      this.#sessions.delete(session);
      session.close(code);
    }
  }

  /** Sends a notice to every session of `user` that has the document open. */
  notify(document: string, user: string, frame: object): void {
    for (const one of this.#sessions)
      if (one.user === user && one.subscribed.has(document)) one.send({ a: 'doc', d: document, ...frame });
  }

  receive(session: Session, text: string): void {
    if (!this.#sessions.has(session)) return;
    const frame = JSON.parse(text);
    switch (frame.a) {
      case 'hs':
        return this.#hello(session, frame.id);
      case 'pp':
        return session.send({ a: 'pp' });
      case 's':
      case 'f':
        return this.#fetch(session, frame);
      case 'u':
        session.subscribed.delete(frame.d);
        return session.send({ a: 'u', c: frame.c, d: frame.d });
      case 'op':
        return this.#op(session, frame, text);
      case 'ps':
        session.channels.add(frame.ch);
        for (const other of this.#sessions)
          if (other !== session && other.channels.has(frame.ch)) other.send({ a: 'pr', ch: frame.ch });
        return session.send({ a: 'ps', ch: frame.ch, seq: frame.seq });
      case 'pu':
        session.channels.delete(frame.ch);
        return session.send({ a: 'pu', ch: frame.ch, seq: frame.seq });
      case 'p':
        return this.#presence(session, frame);
      default:
        this.violations.push(`unknown frame ${text}`);
    }
  }

  #hello(session: Session, id: string | null): void {
    session.id = id?.startsWith(`${session.user}.`) ? id : `${session.user}.${++this.#ids}`;
    const user = { id: session.user, name: session.user, color: 0 };
    const limits = { frame: 1 << 20, components: 100_000, document: 10_000_000 };
    session.send({
      a: 'hs',
      protocol: 1,
      protocolMinor: 2,
      id: session.id,
      type: 'http://sharejs.org/types/JSONv0',
      epoch: this.epoch,
      quire: 1,
      build: 'test',
      user,
      limits,
    });
  }

  #fetch(session: Session, frame: { a: string; c: string; d: string; v?: number }): void {
    const log = this.#documents.get(frame.d);
    const refuse = (code: string) => session.send({ ...frame, error: { code, message: code } });
    if (!log || this.roles.get(`${session.user} ${frame.d}`) === 'none') return refuse('ERR_FORBIDDEN');
    if (frame.v !== undefined && frame.v > log.length) return refuse('ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT');
    if (frame.v === undefined) {
      const data = {
        v: log.length,
        type: 'http://sharejs.org/types/rich-text/v1',
        data: { ops: this.contents(frame.d).ops },
      };
      session.send({ a: frame.a, c: frame.c, d: frame.d, data });
    } else {
      for (let v = frame.v; v < log.length; v++) session.send(this.#frameOf(frame.d, v, true));
      session.send({ a: frame.a, c: frame.c, d: frame.d });
    }
    if (frame.a !== 's') return;
    session.subscribed.add(frame.d);
    session.send({ a: 'doc', d: frame.d, title: 'A title', role: this.#role(session.user, frame.d), trashed: false });
  }

  #role(user: string, document: string): string {
    return this.roles.get(`${user} ${document}`) ?? 'editor';
  }

  #op(session: Session, frame: { d: string; v: number; src: string; seq: number; op: Op[] }, text: string): void {
    const { d, src, seq } = frame;
    const key = `${src} ${seq}`;
    const before = this.#seen.get(key);
    if (before !== undefined && before !== text)
      this.violations.push(`${key} came with another content:\n${before}\n${text}`);
    this.#seen.set(key, text);
    if (!src.startsWith(`${session.user}.`)) this.violations.push(`${session.user} sent an op of ${src}`);
    const refuse = (code: string) => session.send({ ...frame, error: { code, message: code } });
    if (!this.stores) return;
    const log = this.#documents.get(d);
    if (!log || this.#role(session.user, d) === 'none') return refuse('ERR_FORBIDDEN');
    if (frame.v > log.length) return refuse('ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT');
    let op = new Delta(frame.op);
    for (let v = frame.v; v < log.length; v++) {
      const entry = log[v] as Entry;
      if (entry.src === src && entry.seq === seq) {
        if (JSON.stringify(op.ops) !== JSON.stringify(entry.op)) return refuse('ERR_OP_TWIN_DIFFERS');
        return session.send(this.#frameOf(d, v, false));
      }
      op = new Delta(entry.op).transform(op, true);
    }
    if (log.some((entry) => entry.src === src && entry.seq === seq)) this.violations.push(`${key} is applied twice`);
    if (this.#role(session.user, d) !== 'editor') return refuse('ERR_FORBIDDEN');
    if (this.refuses(frame.op)) return refuse('ERR_OT_OP_NOT_APPLIED');
    const text1 = this.contents(d);
    const reach = op.ops.reduce((sum, one) => sum + ((one.retain as number) ?? one.delete ?? 0), 0);
    if (reach > text1.length()) this.violations.push(`${key} reaches past the end`);
    const at = log.length;
    log.push({ src, seq, user: session.user, op: op.ops });
    const text2 = this.contents(d);
    const last = text2.ops.at(-1)?.insert;
    const ends = typeof last === 'string' && last.endsWith('\n');
    if (!ends)
      log.push({ src: 'quire', seq: log.length, user: '', op: new Delta().retain(text2.length()).insert('\n').ops });
    if (!session.subscribed.has(d)) {
      if (this.sendsMissing) for (let v = frame.v; v < at; v++) session.send(this.#frameOf(d, v, true));
      session.send(this.#frameOf(d, at, false));
    }
    for (let v = at; v < log.length; v++) {
      for (const one of this.#sessions)
        if (one.subscribed.has(d)) one.send(this.#frameOf(d, v, one !== session || v !== at));
    }
  }

  #frameOf(d: string, v: number, whole: boolean): object {
    const { src, seq, op } = this.log(d)[v] as Entry;
    const head = { a: 'op', c: 'documents', d, v, src, seq };
    if (!whole) return head;
    return v === 0 ? { ...head, create: { type: 'http://sharejs.org/types/rich-text/v1', data: op } } : { ...head, op };
  }

  #presence(session: Session, frame: { ch: string; p: object | null }): void {
    const p = frame.p && { ...frame.p, user: { id: session.user, name: session.user, color: 0 } };
    for (const one of this.#sessions) if (one.channels.has(frame.ch)) one.send({ ...frame, src: session.id, p });
  }
}

export type { Session };
