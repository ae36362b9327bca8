import { test } from '../fixtures/index.ts'
import { type Case, inEights, runCases } from '../fixtures/inputs.ts'

/** What other programs do to the page without an input event. It has no effect on the document. */
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

for (const cases of inEights(undone))
  test(`what others do to the page is none: ${cases[0]?.[0]} and more`, ({ alice }) => runCases(alice, cases))
