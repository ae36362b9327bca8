import { type Browser, launch, type Page } from 'puppeteer-core'
import { expect, test } from '../fixtures/index.ts'
import { firefox } from '../fixtures/programs.ts'

const person = { name: 'Ada', email: 'ada@example.org', password: 'a short sentence is easiest' }

/** Makes a REST call from the page, with its cookie. */
function call(page: Page, method: string, path: string, body: object): Promise<{ id: string }> {
  const ask = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).json()
  }
  return page.evaluate(ask, method, path, body)
}

const shown = (page: Page) => page.$eval('.ql-editor', (root) => (root.textContent ?? '').replaceAll('\uFEFF', ''))
const shows = (page: Page, text: string) =>
  expect.poll(() => shown(page), { message: 'the text in the editor' }).toBe(text)
const saved = (page: Page) => page.waitForSelector('[data-testid=state][data-state=saved]', { timeout: 15_000 })

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(url)
  await saved(page)
  return page
}

test('two tabs of Firefox write, format and outlive a kill -9 of the server', async ({ server }) => {
  const path = firefox()
  test.skip(!path, 'there is no Firefox on this machine (Debian: apt-get install firefox-esr, or set FIREFOX)')
  const browser = await launch({ browser: 'firefox', executablePath: path as string, headless: true })
  try {
    const page = await browser.newPage()
    await page.goto(`${server.url}/signin`)
    await call(page, 'POST', '/auth/signup', person)
    const { id } = await call(page, 'POST', '/documents', { title: 'Notes', text: 'Written in ' })
    const one = await open(browser, `${server.url}/d/${id}`)
    const two = await open(browser, `${server.url}/d/${id}`)

    await one.bringToFront()
    await one.focus('.ql-editor')
    await one.keyboard.down('Control')
    await one.keyboard.press('End')
    await one.keyboard.press('b')
    await one.keyboard.up('Control')
    await one.keyboard.type('Firefox')
    await saved(one)
    await shows(two, 'Written in Firefox')
    expect(await two.$eval('.ql-editor strong', (bold) => bold.textContent)).toBe('Firefox')

    await two.bringToFront()
    await two.focus('.ql-editor')
    await server.kill()
    await two.keyboard.type('Twice? ')
    await two.waitForSelector('[data-testid=state]:not([data-state=saved])')
    await server.up()
    await saved(two)
    await shows(one, await shown(two))
    const { ops } = await fetchOps(page, id)
    expect(ops.map((op) => op.insert).join('')).toBe('Twice? Written in Firefox\n')
  } finally {
    await browser.close()
  }
})

function fetchOps(page: Page, id: string): Promise<{ ops: { insert: string }[] }> {
  return page.evaluate(async (id) => (await fetch(`/api/v1/documents/${id}/content?format=delta`)).json(), id)
}
