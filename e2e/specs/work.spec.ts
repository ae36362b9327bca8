import { expect, test } from '../fixtures/index.ts'
import { restyled, traced } from '../fixtures/trace.ts'

/** Counts the work a page causes its browser. With a style rule that reaches too far, each new line would cost as much as the whole
 * text. */

const lines = 1_800

/** Returns a text of paragraphs with headings, quotations and lists among them. */
function text(): object[] {
  return Array.from({ length: lines }, (_, line) => {
    const kind =
      line % 12 === 0 ? { header: 2 } : line % 12 < 3 ? { list: 'ordered' } : line % 12 < 5 ? { list: 'bullet' } : {}
    return [{ insert: `This is line ${line} of the text` }, { insert: '\n', attributes: kind }]
  }).flat()
}

test('P4: opening a long text computes the style of each line about once', async ({ alice }) => {
  const id = await alice.create({ ops: text() })
  const { page, editor } = alice
  const cdp = await alice.context.newCDPSession(page)
  const work = await traced(cdp, async () => {
    await alice.open(id)
    await editor.contains(`This is line ${lines - 1} of`)
  })
  const elements = await page.locator('body *').count()
  const times = restyled(work) / elements
  expect(times, `${restyled(work)} styles of ${elements} elements`).toBeLessThan(4)
})

test('P4: a line that comes into a long text computes no style of the others', async ({ alice, bob }) => {
  const id = await alice.create({ ops: text() })
  await alice.invite(bob, id, 'editor')
  const editor = await alice.open(id)
  await editor.contains(`This is line ${lines - 1} of`)
  const other = await bob.open(id)
  await other.contains(`This is line ${lines - 1} of`)
  await editor.caret({ after: 'This is line 5 of' })
  const cdp = await alice.context.newCDPSession(alice.page)
  const own = await traced(cdp, async () => {
    await alice.page.keyboard.press('Enter')
    await alice.page.keyboard.type('parted')
    await other.contains('parted')
  })
  expect(restyled(own), 'styles for Enter and a word').toBeLessThan(lines / 3)
  await other.caret({ after: 'This is line 8 of' })
  const theirs = await traced(cdp, async () => {
    await bob.page.keyboard.press('Enter')
    await bob.page.keyboard.type('elsewhere')
    await editor.contains('elsewhere')
  })
  expect(restyled(theirs), 'styles for a line of somebody else').toBeLessThan(lines / 3)
})

test('what a document’s page needs is asked for before the first bundle has come', async ({ alice }) => {
  const id = await alice.create({ text: 'What is written here\n' })
  const { page } = alice
  let come = () => {}
  const held = new Promise<void>((resolve) => {
    come = resolve
  })
  await page.route(/\/assets\/index-.*\.js/, async (route) => {
    await held
    await route.continue()
  })
  const early = [/\/assets\/document-page-.*\.js/, /\/assets\/editor-.*\.js/, /\/api\/v1\/me$/]
  const asked = Promise.all(early.map((name) => page.waitForRequest(name)))
  await page.goto(`/d/${id}`, { waitUntil: 'commit' })
  await asked
  come()
  await alice.editor.contains('What is written here')
  const times = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  for (const name of early)
    expect(
      times.filter((one) => name.test(one)),
      `${name}: asked for once`,
    ).toHaveLength(1)
})
