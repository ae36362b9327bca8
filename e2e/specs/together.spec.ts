import { expect, sameEverywhere, test } from '../fixtures/index.ts'

test.describe('people writing together', () => {
  test('two people type in one paragraph', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Spring programme', text: 'We open in March and close in May.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await alice.editor.caret({ after: 'March' })
    await bob.editor.caret({ before: ' close' })
    await Promise.all([
      alice.editor.type(', when the ice is gone,', { delay: 12 }),
      bob.editor.type(' of course we', { delay: 15 }),
    ])

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('We open in March, when the ice is gone, and of course we close in May.\n')
  })

  test('two people with accounts and a guest by link write at once', async ({ alice, bob, guest }) => {
    const id = await alice.create({ title: 'Guest list', text: 'Alice:\nBob:\nTomás:' })
    await alice.invite(bob, id, 'editor')
    const link = await alice.link(id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await guest.page.goto(link)
    await guest.page.getByRole('textbox', { name: /name/i }).fill('Tomás')
    await guest.page.getByRole('button', { name: 'Open the document' }).click()
    await guest.editor.opened()

    await alice.editor.caret({ after: 'Alice:' })
    await bob.editor.caret({ after: 'Bob:' })
    await guest.editor.caret({ after: 'Tomás:' })
    await Promise.all([
      alice.editor.type(' two aunts and an uncle', { delay: 10 }),
      bob.editor.type(' nobody, this year', { delay: 10 }),
      guest.editor.type(' seven, if I may', { delay: 10 }),
    ])

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor, guest.editor])
    expect(text).toBe('Alice: two aunts and an uncle\nBob: nobody, this year\nTomás: seven, if I may\n')
    await expect(alice.page.locator('.ql-cursors').getByText('Tomás')).toBeAttached()
  })

  test('two people type in one word', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'together' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await alice.editor.caret({ after: 'to' })
    await bob.editor.caret({ after: 'to' })
    await Promise.all([alice.editor.type('AAAAAAAA', { delay: 20 }), bob.editor.type('BBBBBBBB', { delay: 20 })])

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text.replace(/[AB]/g, '')).toBe('together\n')
    expect(text.match(/A/g)).toHaveLength(8)
    expect(text.match(/B/g)).toHaveLength(8)
    expect(text).toMatch(/^to[AB]+gether\n$/)
  })

  test('one deletes the sentence in which the other writes', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Keep this. Delete this sentence. Keep that.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await bob.editor.caret({ after: 'Delete' })
    await alice.editor.select(' Delete this sentence.')
    await Promise.all([alice.editor.press('Delete'), bob.editor.type('XYZ', { delay: 5 })])

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('Keep this.XYZ Keep that.\n') // nobody deleted what Bob wrote (P5)
  })

  test('two people format the same range', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'The roof is finished.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await alice.editor.select('roof is')
    await bob.editor.select('is finished')
    await Promise.all([alice.editor.press('ControlOrMeta+b'), bob.editor.press('ControlOrMeta+i')])
    await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(await alice.serverOps(id)).toEqual([
      { insert: 'The ' },
      { insert: 'roof ', attributes: { bold: true } },
      { insert: 'is', attributes: { bold: true, italic: true } },
      { insert: ' finished', attributes: { italic: true } },
      { insert: '.\n' },
    ])

    // Both change the same format of the same range at once: either result is right, but it must be the same one.
    await alice.editor.select('The')
    await bob.editor.select('The')
    await Promise.all([alice.editor.press('ControlOrMeta+Alt+1'), bob.editor.press('ControlOrMeta+Alt+2')])
    await sameEverywhere(id, alice, [alice.editor, bob.editor])
    const last = (await alice.serverOps(id)).at(-1)
    expect([1, 2]).toContain(last?.attributes?.header)
  })

  test('undo takes back one’s own and leaves the colleague’s', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'One. Two.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await alice.editor.caret({ after: 'One.' })
    await alice.editor.type(' Alice was here.')
    await alice.editor.saved()
    await bob.editor.contains('Alice was here.')
    await bob.editor.caret({ after: 'Alice' })
    await bob.editor.type(' and Bob')
    await bob.editor.saved()
    await alice.editor.contains('and Bob')

    // How much one undo removes depends on how fast she typed; however many she needs, only her own text goes.
    await alice.editor.pressUntil('ControlOrMeta+z', 'One. and Bob Two.\n')
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('One. and Bob Two.\n')

    await alice.editor.pressUntil('ControlOrMeta+Shift+z', 'One. Alice and Bob was here. Two.\n')
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('One. Alice and Bob was here. Two.\n')
  })

  test('one sees the other’s name, caret and new title', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Old title', text: 'Somewhere to point at.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    await bob.editor.caret({ after: 'Somewhere' })
    await bob.editor.type('!')
    await expect(alice.page.locator('.ql-cursors').getByText('Bob')).toBeAttached()

    await alice.editor.rename('New title')
    await expect(bob.page).toHaveTitle(/New title/)
    await sameEverywhere(id, alice, [alice.editor, bob.editor])

    await bob.page.close()
    await expect(alice.page.locator('.ql-cursors').getByText('Bob')).not.toBeAttached()
  })
})
