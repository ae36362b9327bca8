import type { CDPSession, Page } from '@playwright/test'
import { expect, sameEverywhere, test } from '../fixtures/index.ts'
import type { Person } from '../fixtures/person.ts'

/** What one has in hand for an input: the page, the browser's own commands, and the text's element in the page. */
interface Hand {
  page: Page
  browser: CDPSession
  /** A command of the browser's own, as from its menu or the system's keys. */
  command: (name: string) => Promise<unknown>
  inPage: (act: (root: HTMLElement) => unknown) => Promise<unknown>
  drop: (data: object) => Promise<unknown>
  compose: (text: string, replaced?: { replacementStart: number; replacementEnd: number }) => Promise<unknown>
}

const [first, last] = ['First line here.', 'Last one.']

/** An input with the words `[…]` selected, or the caret at `|`, and what comes of the second line. */
type Case = [what: string, before: string, act: (hand: Hand) => Promise<unknown>, after: string]

const typed: Case[] = [
  [
    'a word deleted backward',
    'The quick| brown fox.',
    ({ page }) => page.keyboard.press('Control+Backspace'),
    'The | brown fox.',
  ],
  [
    'a word deleted forward',
    'The quick| brown fox.',
    ({ page }) => page.keyboard.press('Control+Delete'),
    'The quick| fox.',
  ],
  [
    'a word deleted, half of it bold',
    'The qu**ick|** brown fox.',
    ({ page }) => page.keyboard.press('Control+Backspace'),
    'The | brown fox.',
  ],
  ['to the line’s end', 'The quick| brown fox.', ({ command }) => command('deleteToEndOfLine'), 'The quick|'],
  [
    'to the line’s beginning',
    'The quick| brown fox.',
    ({ command }) => command('deleteToBeginningOfLine'),
    '| brown fox.',
  ],
  [
    'two letters change places',
    'The qu|ick brown fox.',
    ({ command }) => command('transpose'),
    'The qiu|ck brown fox.',
  ],
  [
    'dictated words',
    'The quick| brown fox.',
    ({ browser }) => browser.send('Input.insertText', { text: ', red and very tall' }),
    'The quick, red and very tall| brown fox.',
  ],
  [
    'dictated over a selection',
    'The [quick brown] fox.',
    ({ browser }) => browser.send('Input.insertText', { text: 'slow red' }),
    'The slow red| fox.',
  ],
  [
    'dictated at bold',
    'The **quick|** brown fox.',
    ({ browser }) => browser.send('Input.insertText', { text: ' red' }),
    'The **quick red|** brown fox.',
  ],
  [
    'dictated lines',
    'The quick| brown fox.',
    ({ browser }) => browser.send('Input.insertText', { text: 'er\nand the' }),
    'The quicker\nand the| brown fox.',
  ],
  [
    'words by a program',
    'The quick| brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertText', false, ', red')),
    'The quick, red| brown fox.',
  ],
  [
    'words by a program over a selection',
    'The [quick] brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertText', false, 'slow')),
    'The slow| brown fox.',
  ],
  [
    'lines by a program',
    'The quick| brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertText', false, 'er\nand the')),
    'The quicker\nand the| brown fox.',
  ],
  [
    'lines by a program over a selection',
    'The [quick] brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertText', false, 'slow\n\nred')),
    'The slow\n\nred| brown fox.',
  ],
  [
    'a line by a program, at bold',
    'The qu**ick|** brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertText', false, '!\n')),
    'The qu**ick!**\n| brown fox.',
  ],
  [
    'a new line by a program',
    'The quick| brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertParagraph')),
    'The quick\n| brown fox.',
  ],
  [
    'to the end of a line with bold',
    'The q|ui**ck** brown',
    ({ command }) => command('deleteToEndOfParagraph'),
    'The q|',
  ],
  ['at the line’s end, to the end', 'The quick|', ({ command }) => command('deleteToEndOfParagraph'), 'The quick|\r'],
  [
    'a link dropped',
    'The quick| brown fox.',
    ({ drop }) => drop({ items: [{ mimeType: 'text/uri-list', data: 'https://example.org/a' }] }),
    'The quick<https://example.org/a>| brown fox.',
  ],
  [
    'words dropped from elsewhere',
    'The quick| brown fox.',
    ({ drop }) => drop({ items: [{ mimeType: 'text/plain', data: ' red' }] }),
    'The quick red| brown fox.',
  ],
  [
    'an abbreviation that a program expands',
    'The quick :sig| brown fox.',
    ({ inPage }) =>
      inPage(() => {
        const selection = document.getSelection() as Selection
        for (let i = 0; i < 4; i++) selection.modify('extend', 'backward', 'character')
        document.execCommand('insertText', false, 'signature')
      }),
    'The quick signature| brown fox.',
  ],
  [
    'an abbreviation expanded by keys',
    'The quick :sig| brown fox.',
    ({ inPage }) =>
      inPage(() => {
        for (let i = 0; i < 4; i++) document.execCommand('delete')
        for (const key of 'sign') document.execCommand('insertText', false, key)
      }),
    'The quick sign| brown fox.',
  ],
  [
    'bold by a program',
    'The [quick] brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('bold')),
    'The **quick** brown fox.',
  ],
  ['bold from the menu', 'The [quick] brown fox.', ({ command }) => command('toggleBold'), 'The **quick** brown fox.'],
  [
    'taken back from the menu',
    'The quick| brown fox.',
    async ({ page, command }) => {
      await page.keyboard.type('er')
      await command('undo')
    },
    'The quick| brown fox.',
  ],
  [
    'copied and pasted as plain text',
    'The [**quick**] brown fox.',
    async ({ page }) => {
      await page.keyboard.press('Control+C')
      await page.keyboard.press('End')
      await page.keyboard.press('Control+Shift+V')
    },
    'The **quick** brown fox.quick|',
  ],
  [
    'cut and pasted from the menu',
    'The [**quick** ]brown fox.',
    async ({ page, command }) => {
      await command('cut')
      await page.keyboard.press('End')
      await command('paste')
    },
    'The brown fox.**quick** |',
  ],
  [
    'a word that a keyboard of a phone corrects',
    'The quikc| brown fox.',
    async ({ compose, browser }) => {
      await compose('quick', { replacementStart: 22, replacementEnd: 27 })
      await browser.send('Input.insertText', { text: 'quick' })
    },
    'The quick| brown fox.',
  ],
  [
    'a word composed over a selection',
    'The [quick brown] fox.',
    async ({ compose, browser }) => {
      await compose('は')
      await compose('はや')
      await browser.send('Input.insertText', { text: '速い' })
    },
    'The 速い| fox.',
  ],
  [
    'a word composed and given up',
    'The quick| brown fox.',
    async ({ compose }) => {
      await compose('は')
      await compose('')
    },
    'The quick| brown fox.',
  ],
]

/** What other programs do to the page without an input; nothing comes of it. */
const undone: Case[] = [
  [
    'mark-up by a program',
    'The quick| brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertHTML', false, ', <b>red</b>')),
    'The quick| brown fox.',
  ],
  [
    'a list by a program',
    'The quick| brown fox.',
    ({ inPage }) => inPage(() => document.execCommand('insertUnorderedList')),
    'The quick| brown fox.',
  ],
  [
    'a picture’s file dropped',
    'The quick| brown fox.',
    ({ drop }) => drop({ items: [], files: [import.meta.filename] }),
    'The quick| brown fox.',
  ],
  [
    'an abbreviation put into the page and told of',
    'The quick :sig| brown fox.',
    ({ inPage }) =>
      inPage((root) => {
        const text = root.querySelectorAll('p')[1]?.firstChild as Text
        text.data = text.data.replace(':sig', 'signature')
        root.dispatchEvent(new InputEvent('input', { inputType: 'insertText', data: 'signature', bubbles: true }))
      }),
    'The quick :sig| brown fox.',
  ],
  [
    'all words put anew and told of',
    'The quick| brown fox.',
    ({ inPage }) =>
      inPage((root) => {
        root.innerHTML = '<p>Generated.</p>'
        for (const type of ['beforeinput', 'input', 'change', 'keyup', 'blur'])
          root.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))
      }),
    'The quick| brown fox.',
  ],
  [
    'a reader’s wrapping of all',
    'The quick| brown fox.',
    ({ inPage }) =>
      inPage((root) => {
        const article = document.createElement('article')
        article.append(...root.childNodes)
        root.append(article)
      }),
    'The quick| brown fox.',
  ],
  [
    'a field of a password manager',
    'The quick| brown fox.',
    ({ inPage }) =>
      inPage((root) => {
        root.setAttribute('data-1p-ignore', '')
        root.querySelector('p')?.setAttribute('data-lpignore', 'true')
        root.append(document.createElement('input'))
        root.insertAdjacentHTML('afterend', '<com-1password-button></com-1password-button>')
      }),
    'The quick| brown fox.',
  ],
  [
    'a line taken away while another is composed',
    'The quick| brown fox.',
    async ({ compose, browser, inPage }) => {
      await compose(' は')
      await inPage((root) => root.querySelector('p')?.remove())
      await compose(' はや')
      await browser.send('Input.insertText', { text: ' 速い' })
    },
    'The quick 速い| brown fox.',
  ],
]

/** The ops of a line written with `**bold**`, without what says where the caret is. */
function opsOf(line: string): object[] {
  const runs = line.replace(/[|[\]]/g, '').matchAll(/\*\*(.+?)\*\*|<(.+?)>|([^*<]+)/g)
  return [...runs].map(([, bold, link, plain]) => {
    if (bold) return { insert: bold, attributes: { bold: true } }
    return link ? { insert: link, attributes: { link } } : { insert: plain }
  })
}

/** Puts the caret, or a selection, where the line says. */
async function choose(alice: Person, line: string): Promise<void> {
  const plain = line.replaceAll('**', '')
  const [from, to] = plain.includes('|')
    ? [plain.indexOf('|'), plain.indexOf('|')]
    : [plain.indexOf('['), plain.indexOf(']') - 1]
  await alice.editor.text.focus()
  await alice.editor.text.evaluate(
    (root, [from, to]) => {
      const at = (offset: number): [Node, number] => {
        const walker = document.createTreeWalker(root.querySelectorAll('p')[1] as Node, NodeFilter.SHOW_TEXT)
        let rest = offset
        for (let node = walker.nextNode() as Text; ; node = walker.nextNode() as Text) {
          if (rest <= node.length) return [node, rest]
          rest -= node.length
        }
      }
      document.getSelection()?.setBaseAndExtent(...at(from), ...at(to))
    },
    [from, to] as [number, number],
  )
  await alice.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))))
}

const merged = (ops: { insert?: unknown; attributes?: object }[]) => {
  const out: { insert: string; attributes?: object }[] = []
  for (const { insert, attributes } of ops) {
    const before = out.at(-1)
    if (before && JSON.stringify(before.attributes) === JSON.stringify(attributes)) before.insert += insert
    else out.push(attributes ? { insert: String(insert), attributes } : { insert: String(insert) })
  }
  return out
}
/** The three lines, and an empty one, which a `\r` says is gone. */
const documentOf = (line: string) => {
  const end = line.endsWith('\r') ? `\n${last}\n` : `\n\n${last}\n`
  return merged([{ insert: `${first}\n` }, ...opsOf(line.replace('\r', '')), { insert: end }])
}

/** Drops at the caret. */
async function drop(page: Page, browser: CDPSession, data: object): Promise<void> {
  const { x, y } = await page.evaluate(() => {
    const { right, top, height } = (document.getSelection() as Selection).getRangeAt(0).getBoundingClientRect()
    return { x: right, y: top + height / 2 }
  })
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browser.send('Input.dispatchDragEvent', { type, x, y, data: { items: [], dragOperationsMask: 1, ...data } })
}

/** Does what a case says, in a document of its own, and compares what comes of it on the server and on the screen. */
async function tryOut(alice: Person, browser: CDPSession, [what, before, act, after]: Case): Promise<void> {
  const { page, editor } = alice
  const id = await alice.create({ ops: documentOf(before) })
  await alice.open(id)
  await choose(alice, before)
  await act({
    page,
    browser,
    command: (name) => browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'F13', commands: [name] }),
    drop: (data) => drop(page, browser, data),
    inPage: (act) => editor.text.evaluate(act as never),
    compose: (text, replaced) => compose(browser, text, replaced),
  })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))))
  if (after.includes('|')) await editor.type('Z') // where one would go on
  await editor.saved()
  expect.soft(merged(await alice.serverOps(id)), what).toEqual(documentOf(after.replace('|', 'Z')))
  await editor.shows(await alice.serverText(id))
}

/** One step of an input method: what is being composed, with the caret behind it. */
function compose(browser: CDPSession, text: string, replaced: object = {}): Promise<unknown> {
  return browser.send('Input.imeSetComposition', {
    text,
    selectionStart: text.length,
    selectionEnd: text.length,
    ...replaced,
  })
}

for (const [kind, cases] of [
  ['what a person or their programs put in is an edit', typed],
  ['what others do to the page is none', undone],
] as const)
  for (let from = 0; from < cases.length; from += 8)
    test(`${kind}: ${cases[from]?.[0]} and more`, async ({ alice }) => {
      await alice.context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const browser = await alice.context.newCDPSession(alice.page)
      for (const one of cases.slice(from, from + 8)) await tryOut(alice, browser, one)
    })

/** What a colleague does to the line that is being composed, and what is then there. */
const meanwhile: [what: string, selected: string, act: (bob: Person) => Promise<unknown>, after: string][] = [
  [
    'parts it before',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ after: 'The' })
      await editor.press('Enter')
    },
    'The\n quick速い brown fox.',
  ],
  [
    'parts it behind',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ before: ' fox' })
      await editor.press('Enter')
    },
    'The quick速い brown\n fox.',
  ],
  [
    'makes it bold',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.select('The quick brown fox.')
      await editor.press('Control+B')
    },
    '**The quick**速い** brown fox.**',
  ],
  [
    'writes where it goes on',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ after: 'quick' })
      await editor.type('er')
    },
    'The quicker速い brown fox.',
  ],
  [
    'takes the words around it away',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.select('quick brown')
      await editor.press('Delete')
    },
    'The 速い fox.',
  ],
]

test('a colleague changes the line that is composed', async ({ alice, bob }) => {
  test.slow()
  const browser = await alice.context.newCDPSession(alice.page)
  for (const [what, before, act, after] of meanwhile) {
    const id = await alice.create({ ops: documentOf(before) })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await choose(alice, before)
    await compose(browser, 'は')
    await act(bob)
    await bob.editor.saved()
    await compose(browser, 'はや')
    await browser.send('Input.insertText', { text: '速い' })
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe(await alice.serverText(id))
    expect.soft(merged(await alice.serverOps(id)), what).toEqual(documentOf(after))
  }
})
