// What the scenarios share: unmodified sharedb clients over unmodified ws, and a seeded source of chance.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import WebSocket from 'ws'

const require = createRequire(import.meta.url)
const { Connection, types } = require('sharedb/lib/client')
const richText = require('rich-text')

types.register(richText.type)

export const Delta = richText.Delta
export const COLLECTION = 'documents'

/** chance returns numbers from a seed (mulberry32): below(n) is an integer from 0 to n-1. */
export function chance(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n) => Math.floor(next() * n)
  return { next, below, pick: (list) => list[below(list.length)] }
}

/** Client is a page with a stock connection that reconnects whenever its socket is gone. */
export class Client {
  constructor(config, name) {
    this.config = config
    this.name = name
    this.errors = []
    this.sockets = 0
    this.closes = []
    this.stopped = false
    this.connection = new Connection(this.#open())
    this.connection.on('error', (error) => this.errors.push(`connection: ${error.message}`))
  }

  #open() {
    this.sockets++
    const socket = new WebSocket(this.config.url, 'quire', {
      headers: { Authorization: `Bearer ${this.config.token}` },
      ...(this.config.ca ? { ca: readFileSync(this.config.ca) } : {}),
    })
    socket.on('error', () => {}) // a close follows
    socket.on('close', (code) => {
      this.closes.push(code)
      if (!this.stopped) setTimeout(() => this.connection.bindToSocket(this.#open()), 5)
    })
    this.socket = socket
    return socket
  }

  doc(id) {
    const doc = this.connection.get(COLLECTION, id)
    if (doc.listenerCount('error') === 0) {
      doc.on('error', (error) => this.errors.push(`${id}: ${error.code} ${error.message}`))
    }
    return doc
  }

  /** kill ends the socket as a lost connection does, without a close frame, or politely. */
  kill(politely = false) {
    if (politely) this.socket.close()
    else this.socket.terminate()
  }

  stop() {
    this.stopped = true
    this.connection.close()
    this.socket.terminate()
  }
}

/** done turns a method with a callback into a promise, which rejects by name if the callback never comes. */
export const done = (object, method, ...args) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), 60_000)
    object[method](...args, (error, value) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(value)
    })
  })

/** fails expects an error with this code. */
export async function fails(promise, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, error.message)
    return true
  })
}

/** until waits for a condition, which it checks after each event of the emitters. */
export function until(what, condition, ...emitters) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited too long: ${what}`)), 30_000)
    const poll = setInterval(look, 5)
    function look() {
      if (!condition()) return
      clearTimeout(timer)
      clearInterval(poll)
      resolve()
    }
    for (const emitter of emitters) emitter.on('op', look)
    look()
  })
}

export const plain = (doc) => doc.data.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\ufffc')).join('')
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
