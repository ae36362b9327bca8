// What else a stock client does: documents that come and go, presence, the past, many at once, and refusals.
import assert from 'node:assert/strict'
import { Client, COLLECTION, done, fails, plain, until } from './lib.mjs'

async function people(config, count, use) {
  const all = Array.from({ length: count }, (_, i) => new Client(config, `client ${i}`))
  try {
    await use(...all)
    assert.deepEqual(
      all.flatMap((c) => c.errors),
      [],
    )
  } finally {
    for (const client of all) client.stop()
  }
}

/** Created, deleted and created anew: versions go on, and everybody learns of it. */
export const lifecycle = (config) =>
  people(config, 2, async (ann, bob) => {
    const [mine, theirs] = [ann.doc('life'), bob.doc('life')]
    await done(theirs, 'subscribe')
    assert.equal(theirs.type, null)
    await done(mine, 'create', [{ insert: 'one\n' }], 'rich-text')
    await until('the create', () => theirs.type !== null && plain(theirs) === 'one\n')
    await done(theirs, 'submitOp', [{ insert: 'B' }])
    await done(mine, 'fetch')
    await done(mine, 'del')
    await until('the delete', () => theirs.type === null)
    assert.equal(theirs.version, 3)
    await done(mine, 'create', [{ insert: 'again\n' }], 'http://sharejs.org/types/rich-text/v1')
    await until('the second create', () => theirs.type !== null && plain(theirs) === 'again\n')
    assert.equal(theirs.version, 4)
    const late = new Client(config, 'late')
    const fetched = late.doc('life')
    await done(fetched, 'fetch')
    assert.equal(plain(fetched), 'again\n')
    late.stop()
  })

/** Both create at once: one wins, the other is told and has the winner's text. */
export const creators = (config) =>
  people(config, 2, async (ann, bob) => {
    const docs = [ann.doc('both'), bob.doc('both')]
    const results = await Promise.allSettled(
      docs.map((doc, i) => done(doc, 'create', [{ insert: `${i}\n` }], 'rich-text')),
    )
    const lost = results.filter((r) => r.status === 'rejected')
    assert.equal(lost.length, 1)
    assert.equal(lost[0].reason.code, 'ERR_DOC_ALREADY_CREATED')
    await Promise.all(docs.map((doc) => done(doc, 'fetch')))
    assert.equal(plain(docs[0]), plain(docs[1]))
  })

/** The past, by version and by time. */
export const past = (config) =>
  people(config, 1, async (ann) => {
    const doc = ann.doc('past')
    await done(doc, 'create', [{ insert: '\n' }], 'rich-text')
    for (const letter of 'abc') await done(doc, 'submitOp', [{ insert: letter }])
    const at = async (version) => (await done(ann.connection, 'fetchSnapshot', COLLECTION, 'past', version)).data.ops
    assert.deepEqual(await at(1), [{ insert: '\n' }])
    assert.deepEqual(await at(3), [{ insert: 'ba\n' }])
    assert.deepEqual(await at(null), [{ insert: 'cba\n' }])
    const none = await done(ann.connection, 'fetchSnapshot', COLLECTION, 'past', 0)
    assert.equal(none.type, null)
    await fails(at(99), 'ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT')
    const now = await done(ann.connection, 'fetchSnapshotByTimestamp', COLLECTION, 'past', Date.now() + 1000)
    assert.deepEqual(now.data.ops, [{ insert: 'cba\n' }])
    const before = await done(ann.connection, 'fetchSnapshotByTimestamp', COLLECTION, 'past', 1000)
    assert.equal(before.v, 0)
  })

/** Many documents in one message, before and after a lost line. */
export const bulk = (config) =>
  people(config, 2, async (ann, bob) => {
    const ids = Array.from({ length: 40 }, (_, i) => `bulk${i}`)
    const mine = ids.map((id) => ann.doc(id))
    await Promise.all(mine.slice(0, 39).map((doc) => done(doc, 'create', [{ insert: 'x\n' }], 'rich-text')))
    const theirs = ids.map((id) => bob.doc(id))
    bob.connection.startBulk()
    const subscribed = theirs.map((doc) => done(doc, 'subscribe'))
    bob.connection.endBulk()
    await Promise.all(subscribed)
    assert.equal(theirs.filter((doc) => doc.type).length, 39)
    bob.kill()
    await Promise.all(mine.slice(0, 39).map((doc) => done(doc, 'submitOp', [{ insert: 'more ' }])))
    await until('all edits', () => theirs.slice(0, 39).every((doc) => plain(doc) === 'more x\n'))
    bob.connection.startBulk()
    const left = theirs.map((doc) => done(doc, 'unsubscribe'))
    bob.connection.endBulk()
    await Promise.all(left)
    await done(mine[0], 'submitOp', [{ insert: 'not for bob ' }])
    await done(theirs[1], 'fetch')
    assert.equal(plain(theirs[0]), 'more x\n')
  })

/** Where others are: announced, moved by ops, gone with a lost line, back after it. */
export const presence = (config) =>
  people(config, 2, async (ann, bob) => {
    const docs = [ann.doc('carets'), bob.doc('carets')]
    await done(docs[0], 'create', [{ insert: 'hello\n' }], 'rich-text')
    await Promise.all(docs.map((doc) => done(doc, 'subscribe')))
    const [mine, theirs] = [ann, bob].map((c) => c.connection.getDocPresence(COLLECTION, 'carets'))
    await Promise.all([mine, theirs].map((p) => done(p, 'subscribe')))
    const seen = () => theirs.remotePresences['ann-caret']
    const local = mine.create('ann-caret')
    await done(local, 'submit', { index: 2, length: 1, name: 'forged', user: { id: 'forged' } })
    await until('the caret', () => seen())
    assert.equal(seen().index, 2)
    assert.equal(seen().length, 1)
    assert.equal(seen().user.name, 'Compat')
    assert.notEqual(seen().user.id, 'forged')
    await done(docs[1], 'submitOp', [{ insert: '>> ' }])
    await until('the moved caret', () => seen()?.index === 5)
    ann.kill()
    await until('the caret gone', () => !seen())
    await until('the caret back', () => seen())
    assert.equal(seen().index, 5)
    await done(local, 'destroy')
    await until('the caret gone for good', () => !seen())
  })

/** What the server refuses is an error at its caller and at nobody else. */
export const refusals = (config) =>
  people(config, 2, async (ann, bob) => {
    const doc = ann.doc('refused')
    const other = bob.doc('refused')
    await done(doc, 'create', [{ insert: 'text\n' }], 'rich-text')
    await done(other, 'subscribe')
    await fails(done(doc, 'submitOp', [{ retain: 50 }, { insert: 'x' }]), 'ERR_OT_OP_NOT_APPLIED')
    await done(doc, 'fetch')
    assert.equal(plain(doc), 'text\n')
    await fails(done(doc, 'submitOp', [{ insert: { video: 'x' } }]), 'ERR_OT_OP_NOT_APPLIED')
    await assert.rejects(done(ann.connection, 'createFetchQuery', COLLECTION, { x: 1 }, {}))
    const huge = done(doc, 'submitOp', [{ insert: 'x'.repeat(2 << 20) }])
    await fails(huge, 'ERR_FRAME_TOO_LARGE')
    const missing = ann.connection.get('elsewhere', 'refused')
    await fails(done(missing, 'subscribe'), 'ERR_MESSAGE_BADLY_FORMED')
    await done(doc, 'fetch')
    await done(doc, 'submitOp', [{ insert: 'fine ' }])
    await until('what was accepted', () => plain(other) === 'fine text\n')
  })

/** An op whose acknowledgement is lost is sent again and counts once. */
export const twice = (config) =>
  people(config, 1, async (ann) => {
    const doc = ann.doc('twice')
    await done(doc, 'create', [{ insert: '\n' }], 'rich-text')
    await done(doc, 'subscribe')
    for (let i = 0; i < 50; i++) {
      const acknowledged = done(doc, 'submitOp', [{ insert: 'x' }])
      if (i % 2) setImmediate(() => ann.kill())
      await acknowledged
    }
    assert.equal(plain(doc), `${'x'.repeat(50)}\n`)
    await done(doc, 'fetch')
    const snapshot = await done(ann.connection, 'fetchSnapshot', COLLECTION, 'twice', null)
    assert.deepEqual(snapshot.data.ops, [{ insert: `${'x'.repeat(50)}\n` }])
  })
