import type { CDPSession } from '@playwright/test'
import { expect, test } from '../fixtures/index.ts'
import { traced } from '../fixtures/trace.ts'

/** Returns a line of so many runs, every other one bold. */
function runs(count: number): object[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 ? { insert: 'plain ' } : { insert: 'bold ', attributes: { bold: true } },
  )
}

/** Runs `act` and returns what the page's own code took meanwhile, in ms of processor time: altogether, and its longest task. */
async function scripting(cdp: CDPSession, act: () => Promise<void>): Promise<{ all: number; longest: number }> {
  const events = await traced(cdp, act)
  const calls = events.filter(({ name }) => name === 'FunctionCall').map(({ tdur = 0 }) => tdur / 1000)
  return { all: calls.reduce((sum, one) => sum + one, 0), longest: Math.max(...calls) }
}

test('P4: many runs in one line of somebody else are shown in linear time, without a freeze', async ({ alice }) => {
  const cdp = await alice.context.newCDPSession(alice.page)
  const cost = async (count: number) => {
    const id = await alice.create({ ops: [{ insert: 'The beginning\n' }] })
    const editor = await alice.open(id)
    return scripting(cdp, async () => {
      const answer = await alice.context.request.put(`/api/v1/documents/${id}/content`, {
        headers: { origin: alice.line.url, 'content-type': 'application/json', 'if-match': '"r1"' },
        data: JSON.stringify({ ops: [{ insert: 'The beginning\n' }, ...runs(count), { insert: '\n' }] }),
      })
      expect(answer.ok(), await answer.text()).toBe(true)
      await expect
        .poll(() => editor.text.evaluate((root) => root.querySelectorAll('strong').length), { timeout: 60_000 })
        .toBe(count / 2)
    })
  }
  await cost(2_000) // warms up: the code is compiled after this
  const [quarter, whole] = [await cost(2_500), await cost(10_000)]
  // Four times the length takes four times the time, not sixteen times.
  expect(whole.all / quarter.all, `${quarter.all} ms and ${whole.all} ms`).toBeLessThan(7)
  // The longest task does not grow with the change: the browser gets its turn in between.
  const stretches = `${quarter.longest} ms of ${quarter.all}, ${whole.longest} of ${whole.all}`
  expect(whole.longest / whole.all, stretches).toBeLessThan(1 / 4)
  expect(whole.longest / quarter.longest, stretches).toBeLessThan(3)
})

test('P4: what is typed while a long change of somebody else is shown, or a long text opens, is where it should be', async ({
  alice,
}) => {
  const id = await alice.create({ ops: [{ insert: 'The beginning\n' }] })
  const editor = await alice.open(id)
  await editor.caret({ after: 'The' })
  const lines = { insert: 'A line that came with it\n'.repeat(1_500) }
  const answer = await alice.context.request.put(`/api/v1/documents/${id}/content`, {
    headers: { origin: alice.line.url, 'content-type': 'application/json', 'if-match': '"r1"' },
    data: JSON.stringify({ ops: [{ insert: 'The beginning\n' }, ...runs(6_000), { insert: '\n' }, lines] }),
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  await editor.type(' typed')
  await editor.page.evaluate(() => document.querySelector('[data-testid=text]')?.childElementCount)
  await editor.type(' meanwhile')
  const whole = async (first: string) => {
    await expect
      .poll(async () => (await editor.shown()).split('\n').length, { timeout: 60_000 })
      .toBe(1 + 1 + 1_500 + 1)
    await editor.contains(first)
    await editor.saved()
    const server = await alice.call('GET', `/documents/${id}/content?format=text`)
    expect(await editor.shown()).toBe(await server.text())
  }
  await whole('The typed meanwhile beginning\n')
  await alice.page.goto('/')
  await alice.page.getByTestId('documents').waitFor()
  await alice.page.goto(`/d/${id}`)
  await editor.text.getByText('meanwhile').waitFor()
  await editor.caret({ after: 'beginning' })
  await editor.type(' and after')
  await whole('The typed meanwhile beginning and after\n')
})

test('after a large paste the caret is in view, and opening again returns to where one was', async ({ alice }) => {
  const id = await alice.create({ text: 'Here: \n' })
  const editor = await alice.open(id)
  const { page } = alice
  await editor.caret({ after: 'Here:' })
  const lines = Array.from({ length: 1_200 }, (_, i) => `Line ${i} of a text that somebody has written elsewhere.`)
  await editor.paste({ text: lines.join('\n') })
  const caretTop = () =>
    page.evaluate(() => {
      const range = document.getSelection()?.getRangeAt(0).cloneRange()
      return range?.getClientRects()[0]?.top ?? Number.NaN
    })
  await editor.saved()
  await editor.contains('Line 1199')
  await expect.poll(caretTop).toBeGreaterThan(0)
  expect(await caretTop()).toBeLessThan(800)

  await page.evaluate(() => {
    const line = [...document.querySelectorAll('.ql-editor p')].find((one) => one.textContent?.startsWith('Line 600 '))
    scrollBy(0, (line?.getBoundingClientRect().top ?? 0) - 200)
  })
  const lineTop = (text: string) =>
    page.getByText(text).evaluate((line) => Math.round(line.getBoundingClientRect().top))
  const before = await lineTop('Line 600 of')
  await page.goto('/')
  await page.getByTestId('documents').waitFor()
  await editor.page.goto(`/d/${id}`)
  await editor.contains('Line 1199')
  await expect.poll(() => lineTop('Line 600 of')).toBe(before)
  await page.keyboard.type('back again')
  await editor.contains('written elsewhere.back again')

  // Leaving in the same moment.
  const moved = await page.getByRole('button', { name: 'All documents' }).evaluate((leave) => {
    const line = [...document.querySelectorAll('.ql-editor p')].find((one) => one.textContent?.startsWith('Line 300 '))
    scrollBy(0, (line?.getBoundingClientRect().top ?? 0) - 250)
    const top = Math.round(line?.getBoundingClientRect().top ?? Number.NaN)
    ;(leave as HTMLElement).click()
    return top
  })
  await page.getByTestId('documents').waitFor()
  await page.goto(`/d/${id}`)
  await editor.contains('Line 1199')
  await expect.poll(() => lineTop('Line 300 of')).toBe(moved)
})

test('a document’s address fetches the editor before it is known who opens it', async ({ alice }) => {
  const id = await alice.create({ text: 'What is written here\n' })
  const { page } = alice
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route('**/api/v1/me', async (route) => {
    await asked
    await route.continue()
  })
  const fetched = page.waitForRequest(/\/assets\/editor-.*\.js/)
  await page.goto(`/d/${id}`, { waitUntil: 'commit' })
  await fetched
  answer()
  await alice.editor.contains('What is written here')
})

test('the name beside a caret moves with it', async ({ alice, bob }) => {
  const id = await alice.create({ text: `${'A long line of words '.repeat(4)}\n` })
  await alice.invite(bob, id, 'editor')
  await alice.open(id)
  await bob.open(id)
  await bob.editor.caret({ before: 'A long' })
  const { page } = alice
  await page.locator('.ql-cursor-flag').getByText('Bob').waitFor()
  // Records the distance from the flag's foot to the caret in every frame while Bob writes.
  await page.evaluate(() => {
    const measured = window as unknown as { farthest: number; places: Set<number> }
    measured.farthest = 0
    measured.places = new Set()
    const look = () => {
      const [flag, caret] = ['.ql-cursor-flag', '.ql-cursor-caret'].map((name) =>
        document.querySelector(name)?.getBoundingClientRect(),
      )
      if (flag && caret) {
        measured.farthest = Math.max(measured.farthest, Math.abs(flag.left - caret.left))
        measured.places.add(Math.round(caret.left))
      }
      requestAnimationFrame(look)
    }
    look()
  })
  let written = ''
  for (const word of ['And ', 'more, ', 'and ', 'more, ', 'and ', 'more. ']) {
    await bob.editor.type(word)
    written += word
    await alice.editor.contains(`${written}A long`) // otherwise the caret could reach its end in one step
  }
  const measured = await page.evaluate(() => {
    const { farthest, places } = window as unknown as { farthest: number; places: Set<number> }
    return { farthest, places: places.size }
  })
  expect(measured.places).toBeGreaterThan(3)
  expect(measured.farthest).toBeLessThan(7)
})

test('what is being linked is shown, in the window, and still selected after Esc; ticked boxes are ticked on paper', async ({
  alice,
}) => {
  const lines = Array.from({ length: 60 }, (_, i) => ({ insert: `Line ${i} of the page\n` }))
  const ops = [...lines, { insert: 'Buy milk' }, { insert: '\n', attributes: { list: 'checked' } }]
  const editor = await alice.open(await alice.create({ ops }))
  const { page } = alice
  for (const words of ['Line 0 of', 'Line 40 of', 'Line 59 of']) {
    await editor.select(words)
    await page.getByText(words).evaluate((line) => scrollBy(0, line.getBoundingClientRect().bottom - innerHeight + 4))
    await editor.press('ControlOrMeta+k')
    const dialog = page.getByRole('dialog', { name: 'Link' })
    await expect(dialog.getByText(words)).toBeVisible()
    await expect(dialog).toBeInViewport({ ratio: 1 })
    expect(await page.evaluate(() => CSS.highlights.has('quire-marked'))).toBe(true)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    expect(await page.evaluate(() => [getSelection()?.toString(), CSS.highlights.has('quire-marked')])).toEqual([
      words,
      false,
    ])
  }

  const box = editor.text.getByRole('checkbox', { name: 'Buy milk' })
  await expect(box).toBeChecked()
  await page.emulateMedia({ media: 'print' })
  const printed = await box.evaluate((one) => {
    const tick = getComputedStyle(one, '::after')
    return {
      ground: getComputedStyle(one).backgroundColor,
      tick: tick.borderRightColor,
      shown: tick.content !== 'none',
    }
  })
  expect(printed).toEqual({ ground: 'rgba(0, 0, 0, 0)', tick: 'rgb(31, 38, 35)', shown: true })
  await page.emulateMedia({ media: null })
  await editor.caret({ after: 'Buy milk' })
  await editor.press('ControlOrMeta+Enter')
  await expect(box).not.toBeChecked()
})
