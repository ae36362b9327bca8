import { bundle } from '../fixtures/bundle.ts'
import { EditorPage, expect, Person, sameEverywhere, test } from '../fixtures/index.ts'
import { Site } from '../fixtures/site.ts'
import { applicationToken } from '../fixtures/token.ts'

/** The script of an application's page: it fetches a token from its own server and shows a document as text. */
const embedding = (url: string, token: string, document: string) => `
  import { createClient } from '@quire/client'
  const client = createClient({ url: ${JSON.stringify(url)}, auth: { kind: 'token', token: () => ${JSON.stringify(token)} } })
  const doc = client.open(${JSON.stringify(document)})
  const show = () => {
    window.shown.textContent = doc.contents().ops.map((op) => op.insert).join('')
    window.state.textContent = doc.state.kind
  }
  doc.on('change', show)
  doc.on('load', show)
  doc.subscribe(show)
  window.write = async (text) => {
    doc.edit({ ops: [{ insert: text }] })
    show()
    await doc.whenSaved()
    show()
  }
`

test.describe('where a page comes from', () => {
  test('plain http at a name that is not this machine’s own', async ({ postgres, startServer, arrive }) => {
    const env = { ALLOWED_HOSTS: 'quire.test' }
    const server = await startServer(postgres ? { databaseURL: await postgres.database(), env } : { env })
    const [alice, bob] = [await arrive(server, 'Alice'), await arrive(server, 'Bob')]
    await alice.signUp()
    await bob.signUp()
    const id = await alice.create({ title: 'At home', text: 'Without a certificate.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    const url = `http://quire.test:${server.port}`
    const context = await bob.context.browser()?.newContext({ baseURL: url })
    if (!context) throw new Error('the browser is gone')
    const page = await context.newPage()
    await page.goto('/')
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false)
    await page.getByLabel('E-mail').fill(bob.email)
    await page.getByLabel('Password', { exact: true }).fill(Person.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('At home').click()
    const editor = new EditorPage(page)
    await editor.opened()
    await editor.caret({ after: 'certificate.' })
    await editor.type(' And yet it saves.')
    await editor.saved()
    expect(await sameEverywhere(id, alice, [alice.editor, editor])).toBe('Without a certificate. And yet it saves.\n')
    await context.close()
  })

  test('a page of another site, with a token of its own application', async ({ browser, startServer, arrive }) => {
    const site = new Site('<pre id="shown"></pre><p id="state"></p>')
    const port = await site.listen()
    const origin = `http://embedder.test:${port}`
    const server = await startServer({ env: { ALLOWED_ORIGINS: origin } })
    const alice = await arrive(server, 'Alice')
    await alice.signUp()
    const id = await alice.create({ title: 'Embedded', text: 'Shared with an application.' })
    await alice.open(id)
    site.serve(await bundle(embedding(server.url, applicationToken('user-7', 'Erin', { [id]: 'editor' }), id)))

    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(origin)
    await expect(page.locator('#shown')).toContainText('Shared with an application.')
    await alice.editor.caret({ after: 'application.' })
    await Promise.all([
      alice.editor.type(' Alice too.', { delay: 10 }),
      page.evaluate(() => (window as unknown as { write(text: string): Promise<void> }).write('Erin writes here. ')),
    ])
    const text = await sameEverywhere(id, alice, [alice.editor])
    expect(text).toBe('Erin writes here. Shared with an application. Alice too.\n')
    await expect(page.locator('#shown')).toHaveText(text.trimEnd())
    await expect(page.locator('#state')).toHaveText('saved')
    await context.close()
    await site.close()
  })

  test('a page of a site that was not allowed gets neither REST nor the socket', async ({ server, alice }) => {
    const id = await alice.create({ text: 'Not for everyone.' })
    const site = new Site('')
    const port = await site.listen()
    const page = await alice.context.newPage() // with Alice's cookie for 127.0.0.1, whatever the port
    await page.goto(`http://127.0.0.1:${port}/`)
    const seen = await page.evaluate(
      async ({ url, id }) => {
        const rest = await fetch(`${url}/api/v1/documents/${id}/content`, { credentials: 'include' }).then(
          (response) => `status ${response.status}`,
          () => 'blocked',
        )
        const socket = await new Promise<string>((resolve) => {
          const ws = new WebSocket(`${url.replace('http', 'ws')}/api/v1/socket`)
          ws.onopen = () => resolve('open')
          ws.onerror = () => resolve('refused')
        })
        return { rest, socket }
      },
      { url: server.url, id },
    )
    expect(seen).toEqual({ rest: 'blocked', socket: 'refused' })
    await site.close()
  })
})
