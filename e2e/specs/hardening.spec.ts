import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Person, test } from '../fixtures/index.ts'

/** Every request of a browser profile to another server, and every fault its pages reported. */
interface Watched {
  hosts: Set<string>
  faults: string[]
}

/** Watches every page of a profile from its first request on. Refusals that a page expects (401, 404) are not faults. */
async function watch(context: BrowserContext): Promise<Watched> {
  const watched: Watched = { hosts: new Set(), faults: [] }
  await context.exposeBinding('violated', (_, what: string) => watched.faults.push(`policy: ${what}`))
  await context.addInitScript(() => {
    const { violated } = window as unknown as { violated: (what: string) => void }
    document.addEventListener('securitypolicyviolation', (e) => violated(`${e.violatedDirective} ${e.blockedURI}`))
  })
  const note = (address: string) => {
    const url = new URL(address)
    if (!['data:', 'blob:'].includes(url.protocol)) watched.hosts.add(url.host)
  }
  const listen = (page: Page) => {
    page.on('request', (request) => note(request.url()))
    page.on('websocket', (socket) => note(socket.url()))
    page.on('pageerror', (error) => watched.faults.push(`uncaught: ${error.message}`))
    page.on('console', (message) => {
      const expected = /^Failed to load resource: .* status of 40[14]/.test(message.text())
      if (message.type() === 'error' && !expected) watched.faults.push(`console: ${message.text()}`)
    })
  }
  for (const page of context.pages()) listen(page)
  context.on('page', listen)
  return watched
}

/** Checks that only our own server was asked, and nothing was wrong. */
function clean(watched: Watched, person: Person, others: string[] = []): void {
  expect([...watched.hosts].sort()).toEqual([new URL(person.line.url).host, ...others].sort())
  expect(watched.faults).toEqual([])
}

/** Somebody else's server, which has one picture and records the requests for it. */
class Elsewhere {
  readonly asked: { url: string; headers: IncomingHttpHeaders }[] = []
  private readonly server: Server

  constructor() {
    this.server = createServer((request, response) => {
      this.asked.push({ url: request.url ?? '', headers: request.headers })
      response.setHeader('content-type', 'image/svg+xml')
      response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    })
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `embedder.test:${(this.server.address() as { port: number }).port}`
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}

test.describe('the app keeps to its own server', () => {
  test('outside: sign-in, sign-up, a forgotten password, a link, nothing there', async ({ alice, guest }) => {
    const link = await alice.link(await alice.create({ title: 'Rota', text: 'Monday' }), 'viewer')
    const watched = await watch(guest.context)
    const { page } = guest
    for (const path of ['/', '/signup', '/forgot', '/no-such-page', '/d/there-is-no-such-document', '/api/docs']) {
      await page.goto(path, { waitUntil: 'networkidle' })
      await expect(page.locator('body')).not.toBeEmpty()
    }
    await page.goto('/signin')
    await page.getByLabel('E-mail').fill('alice@example.org')
    await page.getByLabel('Password', { exact: true }).fill('a wrong password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await page.goto(link)
    await page.getByLabel('Your name').fill('Tomás')
    await page.getByRole('button', { name: 'Open the document' }).click()
    await guest.editor.opened()
    clean(watched, guest)
  })

  test('inside: the documents, the editor, sharing, the account, administration', async ({ alice }) => {
    const id = await alice.create({ title: 'Rota', text: 'Monday' })
    const watched = await watch(alice.context)
    const { page } = alice
    await page.goto('/')
    await expect(page.getByText('Rota').first()).toBeVisible()
    await alice.open(id)
    await alice.editor.caret({ after: 'Monday' })
    await alice.editor.type(' and Tuesday')
    await alice.editor.select('Tuesday')
    for (const keys of ['ControlOrMeta+b', 'ControlOrMeta+i', 'ControlOrMeta+u']) await alice.editor.press(keys)
    await alice.editor.saved()
    await page.getByRole('button', { name: 'Share' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await page.goto('/')
    await page.getByRole('button', { name: /Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Account' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    for (const tab of ['people', 'documents', 'storage', 'settings', 'audit']) {
      await page.goto(`/admin/${tab}`)
      await expect(page.getByRole('heading', { name: 'Administration' })).toBeVisible()
      await expect(page.getByText(/^(Loading|Counting)…$/)).toHaveCount(0)
    }
    clean(watched, alice)
  })

  test('a pasted picture is fetched without telling from where; what else a page brings is not fetched', async ({
    alice,
  }) => {
    const elsewhere = new Elsewhere()
    const host = await elsewhere.listen()
    const id = await alice.create({ title: 'Rota', text: 'Monday' })
    const watched = await watch(alice.context)
    await alice.open(id)
    await alice.editor.caret({ after: 'Monday' })
    const at = (path: string) => `http://${host}/${path}`
    await alice.editor.paste({
      html: `<p style="background:url(${at('style')})">Seen <img src="${at('picture')}" alt="A square" width="9" height="9">
        <img src="${at('pixel')}" width="1" height="1"><img srcset="${at('srcset')} 2x"><iframe src="${at('frame')}"></iframe>
        <video poster="${at('poster')}" src="${at('video')}"></video><object data="${at('object')}"></object>
        <link rel="stylesheet" href="${at('sheet')}"><script src="${at('script')}"></script><style>@import "${at('import')}"</style>
        <img src="x" onerror="fetch('${at('onerror')}')"><svg><image href="${at('svg')}"/></svg></p>`,
    })
    await alice.editor.saved()
    const picture = alice.editor.text.getByRole('img', { name: 'A square' })
    await expect(picture).toHaveAttribute('referrerpolicy', 'no-referrer')
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(9)
    await alice.page.reload()
    await alice.editor.opened()
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(9)
    clean(watched, alice, [host])
    expect(new Set(elsewhere.asked.map(({ url }) => url))).toEqual(new Set(['/picture']))
    for (const { headers } of elsewhere.asked) {
      expect(headers.referer).toBeUndefined()
      expect(headers.cookie).toBeUndefined()
      expect(headers.origin).toBeUndefined()
    }
    await elsewhere.close()
  })
})
