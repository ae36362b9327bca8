import { cpus } from 'node:os'
import type { CDPSession, Page } from '@playwright/test'
import { EditorPage, type Person, test } from '../../fixtures/index.ts'

/** Measures what a page costs its user: main-thread work per key, time from key to paint, and time to open a document. Prints a
 * table. Run by `make bench-page`; the figures in PROFILES.md come from here. */

const keys = Number(process.env.KEYS ?? 60)
const opens = Number(process.env.OPENS ?? 5)
/** The time between two keys, ms: about that of the fastest typists. */
const between = 100

const sentence = 'The garden is open from the first Saturday in March until the leaves have fallen. '

/** Returns a text of paragraphs and headings, each paragraph with bold words, about `units` UTF-16 code units long. */
function text(units: number): object[] {
  const ops: object[] = []
  for (let length = 0, line = 0; length < units; line++) {
    if (line % 12 === 0) ops.push({ insert: `Part ${line}` }, { insert: '\n', attributes: { header: 2 } })
    ops.push({ insert: sentence.repeat(1 + (line % 4)) }, { insert: 'At noon', attributes: { bold: true } })
    ops.push({ insert: ' it closes.\n' })
    length += sentence.length * (1 + (line % 4)) + 20
  }
  return ops
}

const rows: { name: string; units: number; letters: string }[] = [
  { name: 'empty', units: 0, letters: 'abcdefgh ' },
  { name: '300 kB', units: 300_000, letters: 'abcdefgh ' },
  { name: '300 kB, Cyrillic', units: 300_000, letters: 'абвгдежз ' },
]

/** How often the editor and a bare editable element with the same text take turns. The element shows what the browser alone takes;
 * taking turns evens out changes in the machine's speed. */
const turns = 3

for (const { name, units, letters } of rows)
  test(`keys, ${name}`, async ({ alice }) => {
    test.setTimeout(0)
    const ops = text(units)
    const id = await alice.create(units ? { ops } : {})
    const editor = await alice.open(id)
    await shown(alice.page, units ? linesOf(ops) : 1)
    const html = await editor.text.evaluate((root) => root.innerHTML)
    await editor.text.click({ position: { x: 40, y: 12 } })
    const bare = await bareEditor(alice, html)
    const editors = [await measured(alice, alice.page), await measured(alice, bare)] as const
    for (let turn = 0; turn <= turns; turn++)
      for (const one of editors) await one.type(turn === 0 ? 20 : Math.ceil(keys / turns), letters, turn > 0)
    report(`key, ${name}`, editors[0].figures())
    report(`  bare contenteditable`, editors[1].figures())
    await bare.close()
  })

test('opening 300 kB', async ({ alice }) => {
  test.setTimeout(0)
  const ops = text(300_000)
  const id = await alice.create({ ops })
  await alice.open(id)
  const warm: Opening[] = []
  const cold: Opening[] = []
  for (let i = 0; i < opens; i++) {
    warm.push(await opening(alice, id, linesOf(ops)))
    const cdp = await alice.context.newCDPSession(alice.page)
    await cdp.send('Network.clearBrowserCache')
    cold.push(await opening(alice, id, linesOf(ops)))
  }
  for (const [name, all] of [
    ['cold', cold],
    ['warm', warm],
  ] as const) {
    const [first, whole] = [all.map(({ first }) => first), all.map(({ whole }) => whole)]
    report(`opening 300 kB, ${name} cache`, {
      'first text p50': quantile(first, 0.5),
      most: Math.max(...first),
      'whole text p50': quantile(whole, 0.5),
      'most ': Math.max(...whole),
    })
  }
})

function linesOf(ops: object[]): number {
  return ops.reduce((sum: number, op) => sum + ((op as { insert: string }).insert.split('\n').length - 1), 0)
}

/** Resolves when so many lines of text are in the page. There is no timeout, because this is what is measured. */
async function shown(page: Page, lines: number): Promise<void> {
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-testid="editor"][data-ready] .ql-editor > *').length >= count,
    lines,
    { timeout: 0 },
  )
}

async function bareEditor(person: Person, html: string): Promise<Page> {
  const page = await person.context.newPage()
  await page.setContent(
    `<style>body { margin: 60px auto; width: 700px; font: 18px/30px serif } p { margin: 11px 0 0 }</style>
    <div contenteditable style="white-space: pre-wrap; outline: 0">${html}</div>`,
  )
  await page.click('[contenteditable]', { position: { x: 40, y: 12 } })
  return page
}

/** Returns functions that type into a page and report the figures of that. */
async function measured(person: Person, page: Page) {
  const cdp = await person.context.newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.evaluate(watchPaint)
  const sums: Record<string, number> = {}
  const paints: number[] = []
  let typed = 0
  return {
    async type(count: number, letters: string, counts: boolean) {
      await page.bringToFront()
      const before = await counters(cdp)
      for (let i = 0; i < count; i++) {
        await press(cdp, letters[i % letters.length] as string)
        await page.waitForTimeout(between)
      }
      const after = await counters(cdp)
      const seen = await page.evaluate(() => (window as unknown as { paints: number[] }).paints.splice(0))
      if (!counts) return
      typed += count
      paints.push(...seen)
      for (const [name, value] of Object.entries(after)) sums[name] = (sums[name] ?? 0) + value - (before[name] ?? 0)
    },
    figures() {
      const per = (counter: string) => ((sums[counter] ?? 0) * 1000) / typed
      return {
        'key to paint p50': quantile(paints, 0.5),
        p95: quantile(paints, 0.95),
        scripting: per('ScriptDuration'),
        'style and layout': per('LayoutDuration') + per('RecalcStyleDuration'),
        'main thread': per('TaskDuration'),
      }
    },
  }
}

/** Presses a key of any keyboard layout; Playwright knows only that of Latin letters. */
async function press(cdp: CDPSession, key: string): Promise<void> {
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key, unmodifiedText: key })
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key })
}

interface Opening {
  first: number
  whole: number
}

/** Returns the time from requesting the page until its first lines, and all lines, have been painted, in ms. */
async function opening(person: Person, document: string, lines: number): Promise<Opening> {
  await person.page.close()
  const page = await person.context.newPage()
  person.page = page
  person.editor = new EditorPage(page)
  await page.addInitScript((whole) => {
    const painted = (count: number, name: string) => {
      const look = () => {
        const there = document.querySelectorAll('[data-testid="editor"][data-ready] .ql-editor > *').length
        if (there >= count) requestAnimationFrame(() => setTimeout(() => performance.mark(name), 0))
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }
    painted(2, 'first')
    painted(whole, 'whole')
  }, lines)
  await page.goto(`/d/${document}`, { waitUntil: 'commit', timeout: 0 })
  await page.waitForFunction(() => performance.getEntriesByName('whole').length > 0, null, { timeout: 0 })
  return page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime ?? 0
    return { first: at('first'), whole: at('whole') }
  })
}

/** Records for each key the time from its event until the frame with its letter has been presented. Runs in the page. */
function watchPaint(): void {
  const page = window as unknown as { paints: number[] }
  page.paints = []
  addEventListener(
    'keydown',
    (event) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => page.paints.push(performance.now() - event.timeStamp)
        port2.postMessage(null)
      })
    },
    true,
  )
}

async function counters(cdp: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

function report(row: string, figures: Record<string, number>): void {
  const cells = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)} ms`)
  console.log(`${row.padEnd(28)} ${cells.join(', ')}   (${cpus().length} × ${cpus()[0]?.model})`)
}
