import { expect, sameEverywhere, test } from '../fixtures/index.ts'

test.describe('a line that breaks', () => {
  test('bob writes offline, alice goes on, and bob comes back', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Minutes', text: 'First point.\nSecond point.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)

    bob.line.break()
    await bob.editor.caret({ after: 'Second point.' })
    await bob.editor.type(' Bob wrote this in a tunnel.')
    await alice.editor.caret({ after: 'First point.' })
    await alice.editor.type(' Alice never noticed.')
    await alice.editor.saved()
    await bob.editor.state('offline')
    await expect(bob.editor.chip).toContainText(/Offline/)
    await expect(bob.page).toHaveTitle(/^\(\d+\) Minutes/)
    expect(await alice.serverText(id)).not.toContain('tunnel')

    bob.line.restore()
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('First point. Alice never noticed.\nSecond point. Bob wrote this in a tunnel.\n')
  })

  test('both write the same line while one is away', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Name: ' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    bob.line.break()
    await bob.editor.caret({ after: 'Name: ' })
    await bob.editor.type('bobbobbob')
    await alice.editor.caret({ after: 'Name: ' })
    await alice.editor.type('alicealice')
    await alice.editor.saved()
    bob.line.restore()
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toMatch(/^Name: (alicealicebobbobbob|bobbobbobalicealice)\n$/)
  })

  test('the socket is cut in the middle of a frame, again and again', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Start:' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await bob.editor.caret({ after: 'Start:' })
    let written = ''
    // An op of one word is a frame of about 150 bytes: these cuts fall in its WebSocket header, its first fields, its text and its end.
    for (const bytes of [1, 2, 5, 9, 40, 90, 130, 170]) {
      const cut = bob.line.cutAfter(bytes)
      const word = ` cut${bytes}`
      await bob.editor.type(word, { delay: 3 })
      written += word
      await cut
      await bob.editor.saved()
    }
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe(`Start:${written}\n`)
  })

  test('an acknowledgement gets lost, and the edit is there once', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Once:' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await bob.editor.caret({ after: 'Once:' })

    bob.line.loseAnswers()
    await bob.editor.type(' and only once')
    await expect.poll(() => alice.serverText(id)).toBe('Once: \n') // the first key is stored, and the rest waits for the answer
    await alice.editor.caret({ before: 'Once' }) // others write before that, so that it comes back transformed
    await alice.editor.type('Before. ')
    await alice.editor.saved()
    bob.line.restore()

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('Before. Once: and only once\n')
  })

  test('the chip says at once that there is no network, and within 10 s that a line is dead without a word', async ({
    alice,
  }) => {
    const { clock } = alice.page
    await clock.install() // the test sets the page's clock, so a busy machine does not matter
    const id = await alice.create({ text: 'Chip:' })
    await alice.open(id)
    const { chip } = alice.editor
    await alice.editor.saved()
    await clock.pauseAt(Date.now() + 1000)
    await alice.page.context().setOffline(true)
    await expect(chip).toHaveText('Offline · nothing waiting') // no timer of the page ran
    await clock.resume()
    await alice.page.context().setOffline(false)
    await expect(chip).toHaveText('Saved')

    // The line is dead, but no key is pressed and no connection is closed.
    await clock.pauseAt((await alice.page.evaluate(() => Date.now())) + 1000)
    alice.line.hold()
    await clock.runFor(10_000)
    await expect(chip).toHaveText('Offline · nothing waiting')
    await clock.resume()
    alice.line.restore()
    await expect(chip).toHaveText('Saved')
  })

  test('the chip says what is kept while the server is gone, and what is wrong where no WebSocket comes through', async ({
    alice,
  }) => {
    const id = await alice.create({ text: 'Chip:' })
    await alice.open(id)
    const { chip } = alice.editor
    // The server goes away without closing, while somebody writes.
    alice.line.hold()
    await alice.editor.caret({ after: 'Chip:' })
    await alice.editor.type(' held')
    await expect(chip).toHaveText(/Offline · \d edits kept here/)
    alice.line.restore()
    await expect(chip).toHaveText('Saved')

    alice.line.upgrades = false
    alice.line.cut()
    await alice.page.reload()
    await expect(chip).toHaveText('Not connected')
    const banner = alice.page.getByTestId('banner')
    await expect(banner).toContainText(
      'The live connection is blocked. The server answers, but no WebSocket reaches it.',
    )
    alice.line.upgrades = true
    await banner.getByRole('button', { name: 'Try now' }).click()
    await expect(chip).toHaveText('Saved')
    expect(await sameEverywhere(id, alice, [alice.editor])).toBe('Chip: held\n')
  })
})
