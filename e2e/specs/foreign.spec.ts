import { expect, test } from '../fixtures/index.ts'

/** What translators, spelling checkers, screen readers and other programs do to a page. Each function runs in the page, on the text's
 * element. */
const disturbances: [string, (root: HTMLElement) => unknown][] = [
  [
    'a translator wraps every text',
    (root) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      const texts: Text[] = []
      while (walker.nextNode()) texts.push(walker.currentNode as Text)
      for (const text of texts) {
        const [outer, inner] = [document.createElement('font'), document.createElement('font')]
        text.replaceWith(outer)
        inner.append(`${text.data} übersetzt`)
        outer.append(inner)
      }
    },
  ],
  [
    'a text is moved into wrappers',
    (root) => {
      const text = root.querySelector('p')?.firstChild as Text
      const outer = document.createElement('font')
      text.before(outer)
      outer.appendChild(document.createElement('font')).append(text)
    },
  ],
  [
    'a word is marked',
    (root) => {
      const range = document.createRange()
      const text = root.querySelector('p')?.firstChild as Text
      range.setStart(text, 2)
      range.setEnd(text, 5)
      range.surroundContents(document.createElement('mark'))
    },
  ],
  [
    'a checker marks a word',
    (root) => {
      const text = root.querySelector('p')?.firstChild as Text
      const word = text.splitText(3)
      const mark = document.createElement('grammarly-mark')
      word.replaceWith(mark)
      mark.append(word)
    },
  ],
  ['a line is removed', (root) => root.querySelector('p')?.remove()],
  ['a text is replaced', (root) => Object.assign(root.querySelector('p')?.firstChild ?? {}, { data: 'other words' })],
  ['a line is filled anew', (root) => Object.assign(root.querySelector('li') ?? {}, { textContent: 'other words' })],
  ['an element is put in', (root) => root.querySelector('p')?.append(document.createElement('button'))],
  ['a line is put in', (root) => root.prepend(Object.assign(document.createElement('p'), { textContent: 'Advert' }))],
  [
    'attributes are changed',
    (root) => {
      root.querySelector('li')?.setAttribute('data-list', 'checked')
      root.querySelector('h1')?.setAttribute('class', 'ql-align-center')
      root.querySelector('a')?.setAttribute('href', 'https://other.example')
      root.querySelector('strong')?.setAttribute('style', '--chosen-color: #f00')
    },
  ],
  ['texts are split', (root) => (root.querySelector('h1')?.firstChild as Text | undefined)?.splitText(4).data],
  ['lines are joined', (root) => root.querySelector('h1')?.append(...(root.querySelector('p')?.childNodes ?? []))],
  ['lines change places', (root) => root.append(root.firstElementChild as Element)],
  ['a format is unwrapped', (root) => root.querySelector('strong')?.replaceWith('bold')],
  ['all is gone', (root) => root.replaceChildren()],
  ['all is written anew', (root) => Object.assign(root, { innerHTML: '<p>Nothing was here</p>' }).className],
]

test('only what a person does is an edit', async ({ alice }) => {
  const ops = [
    { insert: 'A title' },
    { insert: '\n', attributes: { header: 1 } },
    { insert: 'Words in a line, ' },
    { insert: 'bold', attributes: { bold: true } },
    { insert: ' and ' },
    { insert: 'linked', attributes: { link: 'https://example.org' } },
    { insert: '\nAn item' },
    { insert: '\n', attributes: { list: 'unchecked' } },
    { insert: 'the end\n' },
  ]
  const id = await alice.create({ ops })
  await alice.open(id)
  const { text, page } = alice.editor
  await expect(text).toHaveAttribute('translate', 'no')
  await expect(text).toHaveClass(/notranslate/)
  await alice.editor.caret({ after: 'the end' })
  const markup = await alice.editor.markup()
  const edits = await alice.editor.chip.getAttribute('data-edits')

  for (const [what, disturb] of disturbances) {
    await text.evaluate(disturb as (root: HTMLElement) => void)
    expect.soft(await alice.editor.markup(), what).toBe(markup)
  }
  expect(await alice.editor.chip.getAttribute('data-edits')).toBe(edits)
  expect(await alice.serverOps(id)).toEqual(ops)

  await alice.editor.caret({ after: 'Words' })
  // Words that are typed while every text is wrapped again and again.
  await text.evaluate((root) => {
    const wrap = () => {
      for (const text of [...(root.querySelector('p')?.childNodes ?? [])]) {
        if (!(text instanceof Text)) continue
        const font = document.createElement('font')
        text.replaceWith(font)
        font.append(text)
      }
    }
    Object.assign(window, { wrapping: setInterval(wrap, 30) })
  })
  await alice.editor.type(' typed')
  await alice.editor.saved()
  await page.evaluate(() => clearInterval((window as unknown as { wrapping: number }).wrapping))
  expect(await alice.serverText(id)).toBe('A title\nWords typed in a line, bold and linked\nAn item\nthe end\n')

  // Text that arrives without keys is an input all the same.
  const ime = await alice.context.newCDPSession(page)
  const compose = (text: string, replaced = {}) =>
    ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length, ...replaced })
  await alice.editor.caret({ after: 'Words' })
  await ime.send('Input.insertText', { text: ' spoken,' }) // dictation, a panel of emoji
  await compose(' か')
  await compose(' かん')
  await ime.send('Input.insertText', { text: ' 漢' })
  await compose(' x') // a phone's keyboard takes a word back letter by letter
  await compose('')
  await ime.send('Input.insertText', { text: '!' })
  await alice.editor.caret({ after: 'An item' })
  await ime.send('Input.insertText', { text: ' teh' })
  await page.evaluate(() => document.execCommand('delete')) // what another program types on a person's behalf
  await page.evaluate(() => document.execCommand('insertText', false, 'm'))
  await text.evaluate((root) => {
    // Replaces a misspelt word, as the browser's menu does.
    const target = root.querySelector('li')?.lastChild as Text
    const [startOffset, endOffset] = [target.length - 3, target.length]
    const targetRanges = [new StaticRange({ startContainer: target, startOffset, endContainer: target, endOffset })]
    const options = { inputType: 'insertReplacementText', data: 'term', targetRanges, bubbles: true, cancelable: true }
    root.dispatchEvent(new InputEvent('beforeinput', options))
  })
  await text.getByRole('listitem').locator('.ql-ui').click()
  await alice.editor.saved()
  expect(await alice.serverText(id)).toBe(
    'A title\nWords spoken, 漢! typed in a line, bold and linked\nAn item term\nthe end\n',
  )
  expect(JSON.stringify(await alice.serverOps(id))).toContain('"list":"checked"')
  await alice.editor.shows(await alice.serverText(id))
})

/** What a browser's translation does to the texts around the document: it replaces each with other words. */
function translate(): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) {
    const text = walker.currentNode as Text
    if (text.data.trim() !== '' && !text.parentElement?.closest('[translate=no], script, font')) texts.push(text)
  }
  for (const text of texts) {
    const words = document.createElement('font')
    words.append(document.createElement('font'))
    words.firstElementChild?.append(`${text.data}*`)
    text.replaceWith(words)
  }
}

test('a page that is translated around the text goes on, and its chip says what is true', async ({ alice, bob }) => {
  const id = await alice.create({ title: 'Minutes', text: 'Words' })
  await alice.invite(bob, id, 'editor')
  await alice.open(id)
  const { page, chip } = alice.editor
  const broken: Error[] = []
  page.on('pageerror', (error) => broken.push(error))
  await page.evaluate(translate)
  await expect(chip).toHaveText('Saved*')
  alice.line.break()
  await alice.editor.caret({ after: 'Words' })
  await alice.editor.type(' more')
  await expect(chip).toHaveText(/^Offline · \d edits kept here$/)
  await page.evaluate(translate)
  alice.line.restore()
  await expect(chip).toHaveText('Saved')
  await page.evaluate(translate)
  await bob.open(id) // somebody comes, and goes
  await expect(page.getByRole('button', { name: /Bob/ })).toBeVisible()
  await page.evaluate(translate)
  await bob.page.close()
  await expect(page.getByRole('button', { name: /Bob/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Share' }).click()
  await expect(page.getByTestId('share').getByTestId('member')).toHaveCount(2)
  await page.evaluate(translate)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'All documents' }).click()
  await expect(page.getByText('Minutes')).toBeVisible()
  await page.evaluate(translate)
  for (const tab of ['Mine', 'Trash', 'All']) {
    await page.getByRole('tab', { name: tab }).click()
    await page.evaluate(translate)
  }
  await expect(page.getByText('Minutes')).toBeVisible()
  expect(broken).toEqual([])
  expect(await alice.serverText(id)).toBe('Words more\n')
})

/** What a program does when it notices an input, and how it notices. Both run in the page. */
const meddlers: [string, 'early' | 'late', string][] = [
  ['a mark that is put back after each change', 'late', `observe(() => wrap('quick'))`],
  ['a mark, heard first of input', 'early', `addEventListener('input', () => wrap('quick'), true)`],
  ['a mark, heard last of beforeinput', 'late', `addEventListener('beforeinput', () => wrap('quick'))`],
  [
    'a mark, right before the letter',
    'late',
    `addEventListener('beforeinput', () => queueMicrotask(() => wrap('quick')))`,
  ],
  ['a mark in the same line, right before the letter', 'late', `addEventListener('beforeinput', () => wrap('Second'))`],
  [
    'other words, heard last of beforeinput',
    'late',
    `addEventListener('beforeinput', () => replace('Fourth', 'Vierte'))`,
  ],
  ['other words, heard first of input', 'early', `addEventListener('input', () => replace('Fourth', 'Vierte'), true)`],
  [
    'a paragraph less, at beforeinput',
    'late',
    `addEventListener('beforeinput', () => find('Fourth')?.parentElement.remove())`,
  ],
  [
    'a paragraph less, at input',
    'early',
    `addEventListener('input', () => find('Fourth')?.parentElement.remove(), true)`,
  ],
  [
    'attributes on everything',
    'late',
    `addEventListener('beforeinput', paint); addEventListener('keydown', paint, true)`,
  ],
]

/** Defines in the page the functions that the cases above call. */
const meddling = `
  const root = () => document.querySelector('.ql-editor')
  const find = (words) => {
    const walker = root() && document.createTreeWalker(root(), NodeFilter.SHOW_TEXT)
    while (walker?.nextNode()) if (walker.currentNode.data.includes(words)) return walker.currentNode
  }
  const wrap = (words) => {
    const text = find(words)
    if (!text || text.parentNode.localName === 'mark') return
    const range = document.createRange()
    range.setStart(text, text.data.indexOf(words))
    range.setEnd(text, text.data.indexOf(words) + words.length)
    range.surroundContents(document.createElement('mark'))
  }
  const replace = (words, others) => { const text = find(words); if (text) text.data = others }
  const paint = () => {
    for (const element of root().querySelectorAll('*')) {
      element.setAttribute('data-gramm', 'false')
      element.classList.add('ql-align-center')
      element.style.color = 'red'
    }
  }
  const observe = (act) =>
    new MutationObserver(act).observe(root(), { subtree: true, childList: true, characterData: true })
`

for (const [what, when, act] of meddlers) {
  test(`what is sent is what was put in, whatever changes meanwhile: ${what}`, async ({ alice }) => {
    const { editor, page } = alice
    const script = `(() => { ${meddling} ${act} })()`
    const id = await alice.create({ text: 'The quick brown fox.\nSecond line here.\n\nFourth one.\n' })
    if (when === 'early') await page.addInitScript(script)
    await alice.open(id)
    await editor.caret({ after: 'Second line' })
    if (when === 'late') await page.evaluate(script)

    await editor.type('XYZ', { delay: 40 })
    await editor.press('Backspace')
    await editor.press('Enter')
    await editor.type('- d', { delay: 20 })
    await editor.saved()
    const list = { insert: '\n', attributes: { list: 'bullet' } }
    const first = { insert: 'The quick brown fox.\nSecond lineXY\nd here.' }
    expect(await alice.serverOps(id)).toEqual([first, list, { insert: '\nFourth one.\n' }])

    const ime = await alice.context.newCDPSession(page)
    const compose = (text: string) =>
      ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    await compose('に')
    await compose('にほ')
    await ime.send('Input.insertText', { text: '日本' })
    await ime.send('Input.insertText', { text: 'e' })
    await editor.saved()
    await expect
      .poll(() => alice.serverOps(id))
      .toEqual([{ insert: 'The quick brown fox.\nSecond lineXY\nd日本e here.' }, list, { insert: '\nFourth one.\n' }])
  })
}
