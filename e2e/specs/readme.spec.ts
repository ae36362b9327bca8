import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundle } from '../fixtures/bundle.ts'
import { expect, sameEverywhere, test } from '../fixtures/index.ts'
import type { Person, Role } from '../fixtures/person.ts'
import { jwtSecret, type Server } from '../fixtures/server.ts'
import { Site } from '../fixtures/site.ts'
import { applicationToken } from '../fixtures/token.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** Returns the code in the README under `<!-- example: name -->`. */
async function example(name: string): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const code = readme.match(new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``))?.[1]
  if (!code) throw new Error(`README.md has no example ${name}`)
  return code
}

function replaced(code: string, from: string, to: string): string {
  if (!code.includes(from)) throw new Error(`the example no longer says ${from}`)
  return code.replaceAll(from, to)
}

test.describe('the README’s examples, as they stand there', () => {
  test('REST edits a document that somebody is typing in', async ({ server, alice, bob }) => {
    const id = await alice.create({ title: 'Paint', text: 'The colour is not decided.\nBob: ' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await bob.editor.caret({ after: 'Bob: ' })
    const folder = await mkdtemp(join(tmpdir(), 'quire-readme-'))
    const code = replaced(await example('rest'), 'you@example.org', alice.email)
    const [{ stdout }] = await Promise.all([
      run('bash', ['-euo', 'pipefail', '-c', code], {
        cwd: folder,
        env: { ...process.env, QUIRE: server.url, ID: id },
      }),
      bob.editor.type('I would say green, or something near green.', { delay: 15 }),
    ])
    expect(stdout).toContain('revision')
    expect(await sameEverywhere(id, alice, [bob.editor])).toBe(
      'The color is not decided.\nBob: I would say green, or something near green.\n',
    )
    await rm(folder, { recursive: true })
  })

  test('the stock ShareDB client writes through the socket', async ({ server, alice }) => {
    const id = await alice.create({ title: 'Hello', text: 'World.' })
    await alice.open(id)
    const cache = join(root, 'e2e/.cache') // below e2e, so that its packages are found
    await mkdir(cache, { recursive: true })
    const folder = await mkdtemp(join(cache, 'readme-'))
    const file = join(folder, 'example.mjs')
    await writeFile(file, await example('sharedb'))
    const store = (ID: string, TOKEN: string) =>
      run('node', [file], { env: { ...process.env, QUIRE: server.url, TOKEN, ID }, timeout: 20_000 })
    const claims = (role: Role, ID = id) => applicationToken('script', 'A script', { [ID]: role })
    expect((await store(id, claims('editor'))).stdout).toMatch(/stored as revision \d+/)
    for (const [ID, TOKEN, why] of [
      ['never-made', claims('editor', 'never-made'), 'there is no document never-made'],
      ['never-made', claims('editor'), 'you have no access'],
      [id, claims('viewer'), "As viewer you can't edit this document"],
      [id, 'no token', '401'],
    ] as const) {
      const refused = await store(ID, TOKEN).catch((error) => error)
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr, 'a sentence and no more').toMatch(/^Not confirmed as stored: [^\n]+\n$/)
      expect(refused.stderr).toContain(why)
    }
    expect(await sameEverywhere(id, alice, [alice.editor])).toBe('Hello from ShareDB. World.\n')
    await rm(folder, { recursive: true })
  })

  test('@quire/client writes from a page of another application', async ({ browser, startServer, arrive }) => {
    const site = new Site('')
    const port = await site.listen()
    const origin = `http://embedder.test:${port}`
    const server = await startServer({ env: { ALLOWED_ORIGINS: origin } })
    const alice = await arrive(server, 'Alice')
    await alice.signUp()
    const id = await alice.create({ title: 'Hello', text: 'World.' })
    await alice.open(id)
    let code = await example('client')
    code = replaced(code, 'https://docs.example.org', server.url)
    code = replaced(code, "'welcome'", JSON.stringify(id))
    site.serve(await bundle(`${code}\ndocument.body.append('stored')`))
    site.token = applicationToken('visitor', 'A visitor', { [id]: 'editor' })

    const page = await (await browser.newContext()).newPage()
    await page.goto(origin)
    await expect(page.getByText('stored')).toBeVisible()
    expect(await sameEverywhere(id, alice, [alice.editor])).toBe('Hello from a page. World.\n')
    await page.context().close()
    await site.close()
  })

  test('a page of another application shows a document, and types on while its tokens end', async ({
    browser,
    startServer,
    arrive,
  }) => {
    const html = await example('embed')
    const script = html.match(/<script type="module">([\s\S]*?)<\/script>/)?.[1]
    if (!script) throw new Error('the page has no script')
    const site = new Site(html.replace(/<script[\s\S]*<\/script>/, '<script type="module" src="/main.js"></script>'))
    const origin = `http://embedder.test:${await site.listen()}`
    const server = await startServer({ env: { ALLOWED_ORIGINS: origin } })
    site.serve(await bundle(replaced(script, 'https://docs.example.org', server.url)))
    const { quireToken, folder } = await tokens(2)
    let signed = 0
    site.token = () => {
      signed++
      return quireToken({ id: 'user-7', name: 'Erin' })
    }
    const alice = await arrive(server, 'Alice')
    await alice.signUp()
    await createFor(server, alice, 'minutes', 'Present: ')
    await alice.open('minutes')

    const page = await (await browser.newContext()).newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('websocket', (socket) => asked.push(socket.url()))
    await page.goto(origin)
    const area = page.getByLabel('Minutes')
    await expect(area).toHaveValue('Present: ')
    await alice.editor.caret({ after: 'Present: ' })
    await alice.editor.type('Alice, ')
    await expect(area).toHaveValue('Present: Alice, ')
    await area.focus()
    await page.keyboard.press('Control+End')
    let typed = ''
    const had = signed
    while (signed < had + 3 && typed.length < 1_000) {
      const letter = String.fromCharCode(97 + (typed.length % 26))
      await page.keyboard.type(letter, { delay: 20 })
      typed += letter
    }
    expect(signed, 'tokens ended while Erin typed').toBeGreaterThanOrEqual(had + 3)
    await page.keyboard.press('Enter')
    await page.keyboard.type('Apologies: none')
    await expect(area).toHaveValue(`Present: Alice, ${typed}\nApologies: none`)

    // Types in the middle and over a selection, while a colleague writes in the same line.
    await alice.editor.caret({ after: 'Alice, ' })
    await area.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(9, 14))
    await Promise.all([
      page.keyboard.type('Alice Andersson', { delay: 30 }),
      alice.editor.type('Bob Berg, ', { delay: 30 }),
    ])
    const text = `Present: Alice Andersson, Bob Berg, ${typed}\nApologies: none`
    await expect(page.getByRole('status')).toHaveText('saved')
    expect(await sameEverywhere('minutes', alice, [alice.editor])).toBe(`${text}\n`)
    await expect(area).toHaveValue(text)
    expect(asked.filter((url) => url.includes('eyJ') || url.includes('ticket='))).toEqual([])
    expect(asked.some((url) => url.startsWith('ws'))).toBe(true)
    await page.context().close()
    await site.close()
    await rm(folder, { recursive: true })
  })
})

/** Signs tokens as the README does, except that they last only so many seconds. */
async function tokens(seconds: number) {
  const folder = await mkdtemp(join(tmpdir(), 'quire-token-'))
  const file = join(folder, 'token.mjs')
  await writeFile(file, replaced(await example('token'), '+ 300', `+ ${seconds}`))
  process.env.JWT_SECRET = jwtSecret
  const { quireToken } = await import(file)
  return { quireToken: quireToken as (user: { id: string; name: string }) => string, folder }
}

/** Makes a document under an id that the application chose, shared with somebody who has an account. */
async function createFor(server: Server, person: Person, id: string, text: string) {
  const owner = applicationToken('owner', 'The application', { [id]: 'owner' })
  const call = async (path: string, body: object) => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  await call('/documents', { id, title: 'Minutes', text })
  const link = await call(`/documents/${id}/links`, { role: 'editor' })
  await person.call('POST', '/links/claim', { token: link.url.split('/s/')[1] })
}
