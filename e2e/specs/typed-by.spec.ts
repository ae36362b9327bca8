import { test } from '../fixtures/index.ts'
import { type Case, inEights, runCases } from '../fixtures/inputs.ts'

/** Inputs of a person, or of a program on their behalf. */
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

for (const cases of inEights(typed))
  test(`what a person or their programs put in is an edit: ${cases[0]?.[0]} and more`, ({ alice }) =>
    runCases(alice, cases))
