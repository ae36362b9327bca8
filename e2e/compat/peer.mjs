// node peer.mjs: ShareDB with its memory store over ws, on a loopback port of the system's choice, which it prints. It ends
// with its standard input.
import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'

const require = createRequire(import.meta.url)
const ShareDB = require('sharedb')

ShareDB.types.register(require('rich-text').type)
const backend = new ShareDB()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })

server.on('connection', (socket) => {
  const stream = new Duplex({
    objectMode: true,
    read() {},
    write(message, _encoding, done) {
      socket.send(JSON.stringify(message), () => done())
    },
    final(done) {
      socket.close()
      done()
    },
  })
  socket.on('message', (text) => stream.push(JSON.parse(text)))
  socket.on('error', () => {}) // a close follows
  socket.on('close', () => stream.destroy())
  backend.listen(stream)
})
server.on('listening', () => console.log(server.address().port))
process.stdin.on('close', () => process.exit(0)).resume()
