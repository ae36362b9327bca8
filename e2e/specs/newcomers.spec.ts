import type { Browser, Page } from '@playwright/test'
import { expect, test } from '../fixtures/index.ts'
import { Mailbox } from '../fixtures/mailbox.ts'
import { Person } from '../fixtures/person.ts'

test.describe('who has no account yet', () => {
  test('where the administrator makes accounts no page offers to make one', async ({ browser, startServer }) => {
    const { url, page, invitation } = await house(browser, startServer, 'closed')
    await page.goto(url)
    await expect(page.getByText('Accounts here are made by the administrator.')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Make an account' })).toHaveCount(0)
    await page.goto(`${url}/signup`)
    await expect(page.getByTestId('no-sign-up')).toContainText('Ask whoever runs this server')
    await expect(page.getByRole('textbox')).toHaveCount(0)
    await page.goto(invitation)
    await expect(page.getByTestId('invitation-page')).toContainText('made by the administrator. Ask for one')
    await expect(page.getByRole('button')).toHaveText(['Sign in'])
  })

  test('by invitation: a copied address leads to nothing that fails, a link leads on to an account', async ({
    browser,
    startServer,
  }) => {
    const { url, page, invitation, link } = await house(browser, startServer, 'invite')
    await page.goto(`${url}/signup`)
    await expect(page.getByTestId('no-sign-up')).toContainText('Open the link or the letter')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await expect(page.getByText('Accounts here are made by invitation')).toBeVisible()
    await page.goto(invitation)
    await expect(page.getByTestId('invitation-page')).toContainText('ask Alice for a link to the document')
    await expect(page.getByRole('button')).toHaveText(['Sign in'])
    await page.goto(link)
    await page.getByLabel('Your name').fill('Gita')
    await page.getByRole('button', { name: 'Open the document' }).click()
    await expect(page).toHaveURL(/\/d\//)
    await page.goto(invitation)
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page.getByLabel('Name').fill('Gita')
    await page.getByLabel('E-mail').fill('gita@example.org')
    await page.getByRole('textbox', { name: 'Password' }).fill('a long sentence is easy too')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Open as Gita' }).click()
    await expect(page).toHaveURL(/\/d\//)
  })

  test('a guest who asked for an account gets it on another device, if they say that it was them', async ({
    browser,
    startServer,
  }) => {
    const mailbox = await new Mailbox().listen()
    const { url, page, link } = await house(browser, startServer, 'open', mailbox)
    await page.goto(link)
    await page.getByLabel('Your name').fill('Gita')
    await page.getByRole('button', { name: 'Open the document' }).click()
    await expect(page).toHaveURL(/\/d\//)
    const guest = await (await page.request.get(`${url}/api/v1/me`)).json()
    await page.goto(`${url}/signup`)
    await page.getByLabel('E-mail').fill('gita@example.org')
    await page.getByRole('button', { name: 'Send the letter' }).click()
    const letter = await mailbox.next()
    const address = /https?:\S+\/confirm\/\S+/.exec(letter.text)?.[0] ?? ''

    const phone = await (await browser.newContext({ baseURL: url, viewport: { width: 390, height: 844 } })).newPage()
    await phone.goto(address)
    await expect(phone.getByLabel('Name')).toHaveValue('Gita')
    const asGuest = phone.getByRole('checkbox', { name: 'I am the guest “Gita” who asked for it' })
    await expect(asGuest).not.toBeChecked()
    await asGuest.check()
    await phone.getByRole('textbox', { name: 'Password' }).fill('a long sentence is easy too')
    await phone.keyboard.press('Enter')
    await expect(phone.getByText('Plan')).toBeVisible()
    expect((await (await phone.request.get(`${url}/api/v1/me`)).json()).id).toBe(guest.id)
    await mailbox.close()
    await phone.goto(address) // the link in the mail is opened again
    await expect(phone.getByTestId('confirm-over')).toContainText('This letter was used')
    await expect(phone.getByTestId('confirm-over')).toContainText('signed in as Gita')
    await expect(phone.getByRole('textbox')).toHaveCount(0)
  })
})

interface House {
  url: string
  /** Of somebody who has no account. */
  page: Page
  /** Its address as whoever invites can copy it. */
  invitation: string
  link: string
}

/** A server with Alice, who shares a document in both ways. */
async function house(
  browser: Browser,
  startServer: (options: object) => Promise<{ url: string }>,
  signup: string,
  mailbox?: Mailbox,
): Promise<House> {
  const { url } = await startServer({ public: true, env: { SIGNUP: signup, ...mailbox?.env } })
  const alice = await browser.newContext({ baseURL: url })
  const post = async (path: string, data: object) => {
    const answer = await alice.request.post(`/api/v1${path}`, { data, headers: { origin: url } })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return answer.json()
  }
  await post('/auth/signup', { name: 'Alice', email: 'alice@example.org', password: Person.password })
  if (mailbox) await mailbox.next()
  const { id } = await post('/documents', { title: 'Plan' })
  const link = await post(`/documents/${id}/links`, { role: 'editor' })
  const invited = mailbox
    ? { url: '' }
    : await post(`/documents/${id}/invitations`, { email: 'gita@example.org', role: 'editor' })
  const page = await (await browser.newContext({ baseURL: url })).newPage()
  return { url, page, invitation: invited.url, link: link.url }
}
