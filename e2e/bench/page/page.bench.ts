import { cpus } from 'node:os'
import type { CDPSession } from '@playwright/test'
import { EditorPage, expect, type Person, test } from '../../fixtures/index.ts'

/** What a page costs its reader: the main thread's work for a key, key to paint, and how long opening takes. Prints a table;
 * run by `make bench-page`. The figures in ARCHITECTURE.md come from here. */

const keys = Number(process.env.KEYS ?? 60)
const opens = Number(process.env.OPENS ?? 5)
/** About as fast as people type at their fastest. */
const between = 100

const sentence = 'The garden is open from the first Saturday in March until the leaves have fallen. '

/** A text of paragraphs and headings with something bold in each, about `units` long. */
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

const sizes: [string, number][] = [
  ['empty', 0],
  ['300 kB', 300_000],
]

for (const [name, units] of sizes)
  test(`keys, ${name}`, async ({ alice }) => {
    const id = await alice.create(units ? { ops: text(units) } : {})
    const editor = await alice.open(id)
    await editor.text.click({ position: { x: 40, y: 12 } })
    await editor.type('Some words to warm up the page. ')
    const cdp = await alice.context.newCDPSession(alice.page)
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
    await alice.page.evaluate(watchPaint)
    const before = await counters(cdp)
    for (let i = 0; i < keys; i++) {
      await alice.page.keyboard.press('abcdefgh '[i % 9] as string)
      await alice.page.waitForTimeout(between)
    }
    const after = await counters(cdp)
    const paints = await alice.page.evaluate(() => (window as unknown as { paints: number[] }).paints)
    const per = (counter: string) => (((after[counter] ?? 0) - (before[counter] ?? 0)) * 1000) / keys
    report(`key, ${name}`, {
      'key to paint p50': quantile(paints, 0.5),
      p95: quantile(paints, 0.95),
      scripting: per('ScriptDuration'),
      'style and layout': per('LayoutDuration') + per('RecalcStyleDuration'),
      'main thread': per('TaskDuration'),
    })
  })

test('opening 300 kB', async ({ alice }) => {
  const id = await alice.create({ ops: text(300_000) })
  await alice.open(id)
  const warm: number[] = []
  const cold: number[] = []
  for (let i = 0; i < opens; i++) {
    warm.push(await opening(alice, id))
    const cdp = await alice.context.newCDPSession(alice.page)
    await cdp.send('Network.clearBrowserCache')
    cold.push(await opening(alice, id))
  }
  report('opening 300 kB, cold cache', { p50: quantile(cold, 0.5), most: Math.max(...cold) })
  report('opening 300 kB, warm cache', { p50: quantile(warm, 0.5), most: Math.max(...warm) })
})

/** From asking for the page until its text has been painted, in ms. */
async function opening(person: Person, document: string): Promise<number> {
  await person.page.close()
  const page = await person.context.newPage()
  person.page = page
  person.editor = new EditorPage(page)
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('[data-testid="editor"][data-ready] .ql-editor > :nth-child(2)'))
        requestAnimationFrame(() => setTimeout(() => performance.mark('shown'), 0))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  await page.goto(`/d/${document}`, { waitUntil: 'commit' })
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName('shown').length), { intervals: [100] })
    .toBe(1)
  return page.evaluate(() => performance.getEntriesByName('shown')[0]?.startTime ?? 0)
}

/** Keeps, for each key, the time from the event until the frame with its letter has been handed to the screen. */
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
