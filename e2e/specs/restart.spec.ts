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
    await bob.editor.saved()
    const words = await bob.editor.chipWords()
    await server.stop()
    await alice.editor.type(' During.')
    await alice.editor.state('offline')
    await expect(bob.editor.chip).toHaveText('Reconnecting…')
    await server.up()
    await bob.editor.contains('During.')
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('Before. During.\n')
    await expect(bob.editor.chip).toHaveText('Saved')
    expect(await words(), 'bob had nothing to save').not.toContain('Saving…')
  })

  test('a restored backup: what the server lost is kept for its author, and all go on from there', async ({
    server,
    alice,
    bob,
  }) => {
    const id = await alice.create({ title: 'Minutes', text: 'In the backup.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await server.stop()
    const backup = await server.backUp()
    await server.up()
    await bob.editor.caret({ after: 'backup.' })
    await bob.editor.type(' Written after it.')
    await bob.editor.saved()
    await alice.editor.contains('Written after it.')

    await server.stop()
    await server.restore(backup)
    await server.run('restored')
    await server.up()
    await bob.editor.shows('In the backup.\n')
    await expect(bob.page.getByTestId('banner')).toContainText('couldn’t be added')
    await bob.page.getByRole('button', { name: 'See the text' }).click()
    await expect(bob.page.getByRole('dialog')).toContainText('Written after it.')
    await bob.page.keyboard.press('Escape')
    await alice.editor.caret({ after: 'backup.' })
    await alice.editor.type(' And on it goes.')
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('In the backup. And on it goes.\n')
  })
})
