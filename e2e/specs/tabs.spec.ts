import { expect, sameEverywhere, test } from '../fixtures/index.ts'

/** Types words that are kept on the device because there is no line to send them on. */
const unsent = ' These words were never sent.'

test.describe('a tab that goes away with unsent edits', () => {
  for (const end of ['closed', 'crashed', 'reloaded'] as const) {
    test(`is ${end}, and the edits arrive later, once`, async ({ alice, bob }) => {
      const id = await alice.create({ title: 'Letter', text: 'Dear all.' })
      await alice.invite(bob, id, 'editor')
      await alice.open(id)
      await bob.open(id)
      await bob.editor.caret({ after: 'Dear all.' })
      bob.line.break()
      await bob.editor.type(unsent)
      await bob.editor.state('offline')
      await bob.kept()

      if (end === 'closed') await bob.page.close({ runBeforeUnload: false })
      if (end === 'crashed') await bob.crash()
      await alice.editor.caret({ before: 'Dear' })
      await alice.editor.type('Friday. ')
      await alice.editor.saved()
      expect(await alice.serverText(id)).not.toContain(unsent)

      bob.line.restore()
      if (end === 'reloaded') {
        bob.page.on('dialog', (dialog) => dialog.accept())
        await bob.page.reload()
      } else {
        await bob.newTab()
        await bob.page.goto(`/d/${id}`)
      }
      await bob.editor.contains(unsent)
      const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
      expect(text).toBe(`Friday. Dear all.${unsent}\n`)
    })
  }

  test('and another document is opened first: the edits arrive all the same', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Letter', text: 'Dear all.' })
    const other = await bob.create({ title: 'Something else', text: 'Else.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await bob.editor.caret({ after: 'Dear all.' })
    bob.line.break()
    await bob.editor.type(unsent)
    await bob.editor.state('offline')
    await bob.kept()
    await bob.page.close({ runBeforeUnload: false })

    bob.line.restore()
    await bob.newTab()
    await bob.open(other)
    await alice.editor.contains(unsent)
    expect(await sameEverywhere(id, alice, [alice.editor])).toBe(`Dear all.${unsent}\n`)
  })

  test('the list of documents marks what is unsent', async ({ alice }) => {
    const id = await alice.create({ title: 'Letter', text: 'Dear all.' })
    await alice.open(id)
    await alice.editor.caret({ after: 'Dear all.' })
    alice.line.break()
    await alice.editor.type(unsent)
    await alice.editor.state('offline')
    await alice.kept()
    await alice.page.close({ runBeforeUnload: false })
    await alice.newTab()
    alice.line.restore()
    // The socket stays closed, so that the edits have to wait.
    await alice.page.routeWebSocket(/\/api\/v1\/socket/, (socket) => socket.close())
    await alice.page.goto('/')
    await expect(alice.page.getByTestId('document').filter({ hasText: 'Letter' })).toContainText(/\d+ unsent edits?/)
  })

  test('a duplicated tab is a second editor, and nothing is sent twice', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Two tabs:' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    const first = bob.editor
    await first.caret({ after: 'Two tabs:' })
    bob.line.break()
    await first.type(' from the first;')
    await first.state('offline')
    const second = await bob.newTab()
    bob.line.restore()
    await bob.page.goto(`/d/${id}`)
    await second.opened()
    await second.contains(' from the first;')
    await second.caret({ before: 'Two tabs' })
    await Promise.all([second.type('From the second; ', { delay: 8 }), first.type(' and more;', { delay: 8 })])
    const text = await sameEverywhere(id, alice, [alice.editor, first, second])
    expect(text).toBe('From the second; Two tabs: from the first; and more;\n')
  })
})
