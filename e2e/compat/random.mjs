// Random edits by several clients whose sockets die at random. At the end every copy is printed; the Go test compares them
// with each other and with the server's.
import { Client, chance, Delta, done, until } from './lib.mjs'

const TEXTS = ['a', 'hello ', 'ß', '漢字', '😀', '👩‍👩‍👧', '\n', 'two\nlines\n', '\ud83d', '\ude00', '\u0000', '"\\']
const FORMATS = [
  { bold: true },
  { bold: null },
  { italic: true },
  { italic: null, underline: true },
  { link: 'https://example.org/' },
  { link: null },
  { color: '#ff0000' },
  { header: 2 },
  { header: null },
  { list: 'ordered' },
  { code: true, strike: true },
]
const EMBEDS = [
  [{ image: 'https://example.org/x.png' }, { alt: 'x' }],
  [{ divider: true }, undefined],
  [{ image: '/own.png' }, { width: '10' }],
]

/** change makes an op that fits a document of this length. */
export function change(random, length) {
  const at = random.below(length + 1)
  const op = new Delta().retain(at)
  const rest = length - at
  const kind = random.below(length > 1200 ? 30 : 20)
  if (kind >= 20 || (kind >= 12 && kind < 15))
    return rest ? op.delete(1 + random.below(Math.min(rest, 40))) : op.insert('.')
  if (kind === 19 && random.below(40) === 0) return length ? new Delta().delete(length) : op.insert('.') // everything
  if (kind >= 15 && kind < 18)
    return rest ? op.retain(1 + random.below(Math.min(rest, 20)), random.pick(FORMATS)) : op.insert('.')
  if (kind === 18) return op.insert(...random.pick(EMBEDS))
  const format = random.below(4) ? undefined : random.pick(FORMATS.filter((f) => !Object.values(f).includes(null)))
  const inserted = op.insert(random.pick(TEXTS), format)
  return kind === 11 && rest ? inserted.delete(1) : inserted
}

const lengthOf = (doc) => doc.data.ops.reduce((n, op) => n + (typeof op.insert === 'string' ? op.insert.length : 1), 0)

/** type has one client make ops until its share is done, with many in flight and many composed. */
async function type(client, docs, count, random, fail) {
  for (let made = 0; made < count; made++) {
    const doc = random.pick(docs)
    doc.preventCompose = random.below(8) > 0 // most ops go out alone
    doc.submitOp(
      change(random, lengthOf(doc)),
      (error) => error && fail(`${client.name}: ${error.code} ${error.message}`),
    )
    if (random.below(300) === 0) client.kill(random.below(3) === 0)
    if (random.below(3) === 0) await new Promise((go) => setImmediate(go))
    if (doc.pendingOps.length > 20) await done(doc, 'whenNothingPending')
  }
}

export async function random(config) {
  const clients = Array.from({ length: config.clients }, (_, i) => new Client(config, `client ${i}`))
  const failures = []
  const docs = clients.map((client) => config.docs.map((id) => client.doc(id)))
  await Promise.all(docs[0].map((doc) => done(doc, 'create', [{ insert: 'begin\n' }], 'rich-text')))
  await Promise.all(docs.flat().map((doc) => done(doc, 'subscribe')))
  const share = Math.ceil(config.ops / clients.length)
  await Promise.all(clients.map((c, i) => type(c, docs[i], share, chance(config.seed + i), (m) => failures.push(m))))
  await Promise.all(docs.flat().map((doc) => done(doc, 'whenNothingPending')))
  for (const [i] of config.docs.entries()) {
    const copies = docs.map((mine) => mine[i])
    await Promise.all(copies.map((doc) => done(doc, 'fetch')))
    await until('all at one version', () => new Set(copies.map((doc) => doc.version)).size === 1)
  }
  const result = {
    ops: share * clients.length,
    reconnects: clients.reduce((n, c) => n + c.sockets - 1, 0),
    failures: [...failures, ...clients.flatMap((c) => c.errors.map((e) => `${c.name}: ${e}`))].slice(0, 10),
    copies: docs.map((mine) => mine.map((doc) => ({ version: doc.version, ops: doc.data.ops }))),
  }
  for (const client of clients) client.stop()
  return result
}
