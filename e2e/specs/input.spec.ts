import type { CDPSession } from '@playwright/test'
import { expect, sameEverywhere, test } from '../fixtures/index.ts'

/** Makes one step of an input method: sets the text being composed, with the caret after it. */
async function compose(session: CDPSession, text: string): Promise<void> {
  await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
}

test.describe('input that is not one key, one letter', () => {
  test('a colleague writes into the line that is being composed', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Kyoto: \nOsaka.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: 'Kyoto: ' })
    const ime = await alice.context.newCDPSession(alice.page)

    await compose(ime, 'き')
    await compose(ime, 'きょ')
    await bob.editor.caret({ before: 'Kyoto' })
    await bob.editor.type('To ')
    await bob.editor.saved()
    await bob.editor.caret({ after: 'Osaka.' })
    await bob.editor.type(' And Nara.')
    await bob.editor.saved()
    await compose(ime, 'きょう')
    await compose(ime, 'きょうと')
    await ime.send('Input.insertText', { text: '京都' })

    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('To Kyoto: 京都\nOsaka. And Nara.\n')
  })

  test('a colleague deletes the line that is being composed', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'First.\nSecond.\nThird.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: 'Second' })
    const ime = await alice.context.newCDPSession(alice.page)
    await compose(ime, 'あ')
    await bob.editor.select('Second')
    await bob.editor.press('Delete')
    await bob.editor.saved()
    await compose(ime, 'あい')
    await ime.send('Input.insertText', { text: '愛' })
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toContain('愛')
    expect(text.match(/愛/g)).toHaveLength(1)
    expect(text).toContain('First.\n')
    expect(text).toContain('Third.\n')
    expect(text).not.toContain('Second')
  })

  test('200 kB are pasted while a colleague types', async ({ alice, bob }) => {
    test.slow() // three editors lay out 3,000 lines each
    const id = await alice.create({ text: 'Before.\nAfter.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    const lines: string[] = []
    for (let size = 0; size < 200_000; ) {
      const line = `${lines.length}: the quick brown fox jumps over the lazy dog, and nobody minds.`
      lines.push(line)
      size += line.length + 1
    }
    await alice.editor.caret({ after: 'Before.' })
    await bob.editor.caret({ after: 'After.' })
    await Promise.all([
      alice.editor.paste({ text: lines.join('\n') }),
      bob.editor.type(' Bob goes on writing meanwhile.', { delay: 15 }),
    ])
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe(`Before.${lines.join('\n')}\nAfter. Bob goes on writing meanwhile.\n`)
  })

  test('formatted text is pasted, and the server takes all of it', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'Here:' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: 'Here:' })
    await alice.editor.paste({
      html: `<h2 style="color:red">Heading</h2><p><b>bold</b> <a href="https://example.org" onclick="x()">link</a>
        <a href="javascript:alert(1)">bad link</a><script>alert(2)</script></p>
        <ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul><table><tr><td>cell</td><td>beside</td></tr></table>
        <img src="data:image/png;base64,AAAA"><video src="x.mp4"></video><pre>code</pre><blockquote>said</blockquote>`,
      text: 'Heading bold link',
    })
    for (const what of ['Pictures that are files were left out', 'Tables can’t be kept yet'])
      await expect(alice.page.getByRole('status').getByText(what)).toHaveCount(1)
    await bob.editor.contains('bold')
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toContain('Heading')
    expect(text).toContain('cell\tbeside\n')
    expect(text).not.toContain('alert(2)')
    expect(JSON.stringify(await alice.serverOps(id))).not.toMatch(/javascript:|data:image/)
  })

  test('emoji and letters of two units survive being typed into and deleted', async ({ alice, bob }) => {
    const id = await alice.create({ text: 'a👩‍👩‍👧‍👦b😀c' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.editor.caret({ after: '😀' })
    await bob.editor.caret({ before: '😀' })
    await Promise.all([alice.editor.press('Backspace'), bob.editor.type('𝄞x')])
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe('a👩‍👩‍👧‍👦b𝄞xc\n')
  })
})

test('words that are dragged move as they are, past what a colleague writes meanwhile', async ({ alice, bob }) => {
  const id = await alice.create({ text: 'Take these words to the end.' })
  await alice.invite(bob, id, 'editor')
  await alice.open(id)
  await bob.open(id)
  await alice.editor.select('these words ')
  const at = async (needle: string, side: 'left' | 'right') => {
    const box = await alice.editor.text.evaluate((root, needle) => {
      const line = root.querySelector('p')?.firstChild as Text
      const range = document.createRange()
      range.setStart(line, line.data.indexOf(needle))
      range.setEnd(line, line.data.indexOf(needle) + needle.length)
      const { left, right, top, height } = range.getBoundingClientRect()
      return { left, right, y: top + height / 2 }
    }, needle)
    return [box[side], box.y] as const
  }
  const { mouse } = alice.page
  const [left, y] = await at('these', 'left')
  await mouse.move(left + 10, y)
  await mouse.down()
  await mouse.move(left + 30, y + 4, { steps: 3 })
  await bob.editor.caret({ before: 'Take' })
  await bob.editor.type('Please: ')
  await alice.editor.contains('Please: Take')
  await mouse.move(...(await at('end', 'left')), { steps: 3 })
  await mouse.up()
  await alice.editor.shows('Please: Take to the these words end.\n')
  await alice.editor.saved()
  expect(await alice.serverText(id)).toBe('Please: Take to the these words end.\n')

  // When the role is taken away, a word being composed is parked with the rest.
  await bob.editor.caret({ after: 'end.' })
  const ime = await bob.context.newCDPSession(bob.page)
  await compose(ime, 'きょう')
  await alice.setRole(bob, id, 'viewer')
  await bob.editor.state('read-only')
  await bob.page.getByRole('button', { name: 'See the text' }).click()
  await expect(bob.page.getByRole('dialog')).toContainText('きょう')
  await bob.editor.shows('Please: Take to the these words end.\n')
})
