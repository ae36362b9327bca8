import { expect, sameEverywhere, test } from '../fixtures/index.ts'

test.describe('a server that dies', () => {
  test('kill -9 in the middle of typing, a restart, and both go on', async ({ server, alice, bob }) => {
    const id = await alice.create({ title: 'Long letter', text: 'A:\nB:' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: 'A:' })
    await bob.editor.caret({ after: 'B:' })
    let [written, answered] = ['', '']
    for (let round = 1; round <= 3; round++) {
      const [question, answer] = [` question ${round}, asked while it dies;`, ` answer ${round}, given all the same;`]
      const typing = Promise.all([alice.editor.type(question, { delay: 20 }), bob.editor.type(answer, { delay: 20 })])
      await alice.editor.contains(`question ${round}`)
      await server.kill()
      await typing
      await server.up()
      written += question
      answered += answer
      await alice.editor.saved()
      await bob.editor.saved()
    }
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe(`A:${written}\nB:${answered}\n`)
  })

  test('an orderly restart is announced, and nobody has to do anything', async ({ server, alice, bob }) => {
    const id = await alice.create({ text: 'Before.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: 'Before.' })
    await server.stop()
    await alice.editor.type(' During.')
    await alice.editor.state('offline')
    await server.up()
    await bob.editor.contains('During.')
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('Before. During.\n')
  })
})
