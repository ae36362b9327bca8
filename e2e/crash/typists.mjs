// Stock ShareDB clients that type for as long as they are told to: unmodified `sharedb` and `rich-text`, a reconnecting
// socket, nothing of Quire's. The Go test starts this with a JSON of settings as its argument, sends "rest" and "end" on
// standard input, and reads one JSON per line.
import { createInterface } from 'node:readline'
import ReconnectingWebSocket from 'reconnecting-websocket'
import richText from 'rich-text'
import ShareDB from 'sharedb/lib/client/index.js'
import WebSocket from 'ws'

const settings = JSON.parse(process.argv[2]) // {url, document, clients: [{name, token}], pause: ms}
ShareDB.types.register(richText.type)

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
const errors = []
const closes = {}

function open({ name, token }) {
  class Authorized extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } })
      this.on('error', () => {}) // a refused connection; the close that follows is what counts
    }
  }
  const socket = new ReconnectingWebSocket(settings.url, [], {
    WebSocket: Authorized,
    maxEnqueuedMessages: 0,
    minReconnectionDelay: 100,
    maxReconnectionDelay: 1000,
  })
  socket.addEventListener('close', (event) => {
    closes[event.code] = (closes[event.code] ?? 0) + 1
  })
  const connection = new ShareDB.Connection(socket)
  const doc = connection.get('documents', settings.document)
  const failed = (where) => (error) => errors.push(`${name} ${where}: ${error.code ?? ''} ${error.message}`)
  connection.on('error', failed('connection'))
  doc.on('error', failed('document'))
  const typist = { name, doc, socket, typed: 0, acked: [] }
  return new Promise((opened, refused) => {
    doc.subscribe((error) => (error ? refused(error) : opened(typist)))
  })
}

function type(typist) {
  const { doc, name } = typist
  const token = `⟦${name}:${++typist.typed}⟧`
  const end = doc.data.ops.reduce((sum, op) => sum + (typeof op.insert === 'string' ? op.insert.length : 1), 0)
  doc.submitOp([{ retain: end - 1 }, { insert: token }], { source: true }, (error) => {
    if (error) errors.push(`${name} op ${token}: ${error.code ?? ''} ${error.message}`)
    else typist.acked.push(token)
  })
}

const typists = await Promise.all(settings.clients.map(open))
say({ event: 'open' })
const keys = typists.map((typist) => setInterval(() => type(typist), settings.pause))
const report = setInterval(() => say({ event: 'count', acked: sum((t) => t.acked.length), errors: errors.length }), 50)
const sum = (of) => typists.reduce((n, t) => n + of(t), 0)

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'rest') keys.forEach(clearInterval)
  if (line === 'end') break
}
clearInterval(report)
say({
  event: 'end',
  errors,
  closes,
  typed: sum((t) => t.typed),
  clients: typists.map((t) => ({ name: t.name, acked: t.acked, version: t.doc.version, ops: t.doc.data.ops })),
})
typists.forEach((t) => {
  t.socket.close()
})
process.exitCode = 0
