// node peer.mjs memory|postgres [address of the database]: ShareDB as its documentation sets it up, over ws on a free port
// of 127.0.0.1. Prints "ready <port>"; ends on SIGTERM, or when standard input ends, which it does when its parent dies.
import { createServer } from 'node:http'
import WebSocketJSONStream from '@teamwork/websocket-json-stream'
import richText from 'rich-text'
import ShareDB from 'sharedb'
import PostgresDB from 'sharedb-postgres'
import { WebSocketServer } from 'ws'

const [store, address] = process.argv.slice(2)

ShareDB.types.register(richText.type)

/** database is null for ShareDB's own memory store. The pool has pg's own size. */
function database() {
  if (store === 'memory') return null
  if (store === 'postgres' && address) return new PostgresDB({ connectionString: address })
  throw new Error('usage: node peer.mjs memory | node peer.mjs postgres ADDRESS')
}

const db = database()
const backend = db ? new ShareDB({ db }) : new ShareDB()
const server = createServer()
// As ws does it unless told otherwise: no compression.
const sockets = new WebSocketServer({ server })
sockets.on('connection', (socket) => {
  const stream = new WebSocketJSONStream(socket)
  stream.on('error', () => {}) // a client that went away while it was written to
  backend.listen(stream)
})

server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
process.on('SIGTERM', () => process.exit(0))
process.stdin.on('end', () => process.exit(0)).resume()
