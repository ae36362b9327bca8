import type { Page } from '@playwright/test'

import { EditorPage, expect, Person, test } from '../fixtures/index.ts'
import { Mailbox } from '../fixtures/mailbox.ts'
import { Provider } from '../fixtures/provider.ts'

/** Opens the account dialog from the list of documents. */
async function openAccount(person: Person) {
  await person.page.goto('/')
  await person.page.getByRole('button', { name: /Account of/ }).click()
  await person.page.getByRole('menuitem', { name: 'Account' }).click()
  return person.page.getByTestId('account')
}

test.describe('one’s own account', () => {
  test('a token for a program is shown once, works, and ends', async ({ alice, server }) => {
    const id = await alice.create({ title: 'Figures', text: 'One.' })
    const dialog = await openAccount(alice)
    await dialog.getByRole('button', { name: 'Make a token' }).click()
    await dialog.getByLabel('What it is for').fill('Nightly report')
    await dialog.getByRole('button', { name: 'Make it' }).click()
    const token = await dialog.getByLabel('The token').inputValue()
    expect(token).toMatch(/^qt_/)
    const read = () =>
      fetch(`${server.url}/api/v1/documents/${id}/content?format=text`, {
        headers: { authorization: `Bearer ${token}` },
      })
    expect(await (await read()).text()).toBe('One.\n')

    await dialog.getByRole('button', { name: 'I have it' }).click()
    await expect(dialog.getByTestId('token')).toContainText('Nightly report')
    await expect(alice.page.getByText(token)).toHaveCount(0)
    await dialog.getByRole('button', { name: 'End Nightly report' }).click()
    await expect(dialog.getByTestId('token')).toHaveCount(0)
    expect((await read()).status).toBe(401)
  })

  test('a change that decides who gets in asks who one is, and then goes on', async ({ alice }) => {
    const dialog = await openAccount(alice)
    await alice.page.context().clearCookies({ name: 'quire-shown' }) // as ten minutes after signing in
    await dialog.getByRole('button', { name: 'Make a token' }).click()
    await dialog.getByLabel('What it is for').fill('Nightly report')
    await dialog.getByRole('button', { name: 'Make it' }).click()
    const proof = alice.page.getByTestId('proof')
    await proof.getByLabel('Your password').fill('not that one')
    await proof.getByRole('button', { name: 'Go on' }).click()
    await expect(proof).toContainText('That is not your password.')
    if (process.env.QUIRE_PICTURES) await alice.page.screenshot({ path: `${process.env.QUIRE_PICTURES}/proof.png` })
    await proof.getByLabel('Your password').fill(Person.password)
    await proof.getByRole('button', { name: 'Go on' }).click()
    await expect(proof).toHaveCount(0)
    await expect(dialog.getByLabel('The token')).toHaveValue(/^qt_/)

    await alice.page.context().clearCookies({ name: 'quire-shown' })
    await dialog.getByRole('button', { name: 'I have it' }).click()
    await dialog.getByRole('button', { name: 'Make a token' }).click()
    await dialog.getByLabel('What it is for').fill('Another')
    await dialog.getByRole('button', { name: 'Make it' }).click()
    await proof.getByRole('button', { name: 'Cancel' }).click()
    await expect(dialog).toContainText('This change needs your password, or a fresh sign-in.')
  })

  test('who signs in elsewhere comes back to where they were, and a refusal is told', async ({
    browser,
    startServer,
  }) => {
    const provider = await new Provider().listen()
    const server = await startServer({
      public: true,
      env: {
        OIDC_ISSUER: provider.url,
        OIDC_CLIENT_ID: provider.clientID,
        OIDC_CLIENT_SECRET: provider.clientSecret,
        OIDC_DISPLAY_NAME: 'the choir',
      },
    })
    // The provider sends people back to the server's own address, so they do not come through a line.
    const alice = await browser.newContext({ baseURL: server.url })
    const call = (method: string, path: string, data: object) =>
      alice.request.fetch(`/api/v1${path}`, { method, data, headers: { origin: server.url } })
    await call('POST', '/auth/signup', { name: 'Alice', email: 'alice@example.org', password: Person.password })
    const { id } = await (await call('POST', '/documents', { title: 'Open to all', text: 'Hello.' })).json()
    expect((await call('PUT', `/documents/${id}/reach`, { role: 'editor' })).ok()).toBe(true)

    const olga = await browser.newContext({ baseURL: server.url })
    const page = await olga.newPage()
    await page.goto(`/d/${id}`)
    provider.refuses = true
    await page.getByRole('link', { name: 'Sign in with the choir' }).click()
    await expect(page.getByRole('alert')).toContainText('The other side said no')
    await expect(page).not.toHaveURL(/code=/)

    provider.refuses = false
    await page.goto(`/d/${id}`)
    await page.getByRole('link', { name: 'Sign in with the choir' }).click()
    await expect(page).toHaveURL(`${server.url}/d/${id}`)
    const editor = new EditorPage(page)
    await editor.opened()
    await editor.caret({ after: 'Hello.' })
    await editor.type(' Olga.')
    await editor.saved()
    const text = await alice.request.get(`/api/v1/documents/${id}/content?format=text`)
    expect(await text.text()).toBe('Hello. Olga.\n')
    await olga.close()
    await alice.close()
    await provider.close()
  })

  test('with mail an account is made by its letter, and one goes on to the document', async ({
    browser,
    startServer,
  }) => {
    const mailbox = await new Mailbox().listen()
    const server = await startServer({ public: true, env: mailbox.env })
    const alice = await browser.newContext({ baseURL: server.url })
    const call = (method: string, path: string, data: object) =>
      alice.request.fetch(`/api/v1${path}`, { method, data, headers: { origin: server.url } })
    await call('POST', '/auth/signup', { name: 'Alice', email: 'alice@example.org', password: Person.password })
    await mailbox.next()
    const { id } = await (await call('POST', '/documents', { title: 'Open to all', text: 'Hello.' })).json()
    expect((await call('PUT', `/documents/${id}/reach`, { role: 'editor' })).ok()).toBe(true)

    // An address that is taken looks the same as a free one.
    const carol = await browser.newContext({ baseURL: server.url })
    const page = await carol.newPage()
    await page.goto(`/d/${id}`)
    await page.getByRole('link', { name: 'Make an account' }).click()
    await expect(page.getByLabel('E-mail')).toBeFocused()
    await expect(page.getByRole('textbox', { name: 'Password' })).toHaveCount(0)
    await page.getByLabel('E-mail').fill('alice@example.org')
    await page.getByRole('button', { name: 'Send the letter' }).press('Enter')
    await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeFocused()
    const taken = await mailbox.next()
    expect(taken.text).toContain('There is one already')
    expect(taken.text).toContain(`${server.url}/d/${id}`)
    await expect(page.getByRole('button', { name: /Send again in/ })).toBeDisabled()

    await page.getByRole('button', { name: 'Use another address' }).press('Enter')
    await expect(page.getByLabel('E-mail')).toBeFocused()
    await page.getByLabel('E-mail').fill('carol@example.org')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('look-in-mail')).toContainText('carol@example.org')
    const letter = await mailbox.next()
    expect(letter.to).toBe('carol@example.org')
    const address = /https?:\S+\/confirm\/\S+/.exec(letter.text)?.[0] ?? ''

    // The link in the mail is opened in another tab. The first tab goes on too, once it is visible again.
    const tab = await carol.newPage()
    await tab.goto(address)
    const password = tab.getByRole('textbox', { name: 'Password' })
    await expect(tab.getByText('carol@example.org')).toBeVisible()
    await expect(tab.getByLabel('Name')).toBeFocused()
    await tab.getByLabel('Name').fill('Carol')
    await password.fill('too short')
    await tab.keyboard.press('Enter')
    await expect(password).toBeFocused()
    await expect(password).toHaveAttribute('aria-invalid', 'true')
    await password.fill('a long sentence is easy too')
    await refuseOnce(tab, '**/api/v1/auth/confirm', 'too-many-requests', 429)
    await tab.keyboard.press('Enter')
    await expect(tab.getByRole('alert')).toContainText('Too many tries')
    await expect(password).not.toHaveAttribute('aria-invalid', 'true')
    await password.press('Enter')
    await expect(tab).toHaveURL(`${server.url}/d/${id}`)
    const editor = new EditorPage(tab)
    await editor.opened()
    await editor.caret({ after: 'Hello.' })
    await editor.type(' Carol.')
    await editor.saved()
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect(page).toHaveURL(`${server.url}/d/${id}`)
    await new EditorPage(page).shows('Hello. Carol.\n')

    await tab.goto(address)
    await expect(tab.getByTestId('confirm-over')).toContainText('This letter was used')
    await carol.close()
    await alice.close()
    await mailbox.close()
  })

  test('what one types into a form stays when another window was looked at meanwhile', async ({
    browser,
    startServer,
  }) => {
    const server = await startServer({ public: true })
    const visitor = await browser.newContext({ baseURL: server.url })
    const page = await visitor.newPage()
    await page.request.post('/api/v1/auth/signup', {
      data: { name: 'Alice', email: 'alice@example.org', password: Person.password },
      headers: { origin: server.url },
    })
    await visitor.clearCookies()
    await page.goto('/signin')
    const email = page.getByLabel('E-mail')
    const password = page.getByRole('textbox', { name: 'Password' })
    await email.fill('alice@example.org')
    await password.fill(Person.password)

    const asked = page.waitForResponse('**/api/v1/me')
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
    expect((await asked).status()).toBe(401)
    await expect(email).toHaveValue('alice@example.org')
    await expect(password).toBeFocused()
    await password.press('Enter')
    await expect(page.getByRole('button', { name: /new document/i }).first()).toBeVisible()
    await visitor.close()
  })

  test('an account is deleted, and what it wrote elsewhere stays without its name', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Minutes', text: 'Present:' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await bob.editor.caret({ after: 'Present:' })
    await bob.editor.type(' Bob.')
    await bob.editor.saved()
    const own = await bob.create({ title: 'Diary', text: 'Mine alone.' })

    const dialog = await openAccount(bob)
    await dialog.getByRole('button', { name: 'Delete the account…' }).click()
    const ask = bob.page.getByTestId('delete-account')
    await ask.getByLabel('Your password').fill('not my password')
    await ask.getByRole('button', { name: 'Delete my account' }).click()
    await expect(ask.getByText(/password/i).last()).toBeVisible()
    await ask.getByLabel('Your password').fill(Person.password)
    await ask.getByRole('button', { name: 'Delete my account' }).click()
    await expect(bob.page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

    expect(await alice.serverText(id)).toBe('Present: Bob.\n')
    const { items } = await (await alice.call('GET', `/documents/${id}/members`)).json()
    expect(items.map((one: { user: { name: string } }) => one.user.name)).toEqual(['Alice'])
    const everything = await (await alice.call('GET', '/admin/people?guests=true')).text()
    expect(everything).not.toContain(bob.email)
    const documents = await (await alice.call('GET', '/admin/documents')).text()
    expect(documents).not.toContain(own)
  })
})

/** Answers the next call of an address with a problem. */
async function refuseOnce(page: Page, address: string, kind: string, status: number): Promise<void> {
  const body = JSON.stringify({ type: `urn:quire:problem:${kind}`, title: 'No', status, detail: 'No.' })
  await page.route(address, (route) => route.fulfill({ status, contentType: 'application/problem+json', body }), {
    times: 1,
  })
}
