import { expect, test } from '../fixtures/index.ts'

test.describe('the focus', () => {
  test('of the share dialog stays where one works, and Esc closes what lies on top', async ({ alice, bob }) => {
    const { page } = alice
    const id = await alice.create({ title: 'Rota', text: 'Monday' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await page.getByRole('button', { name: 'Share' }).click()
    const share = page.getByTestId('share')
    await share.getByRole('button', { name: 'Link for viewers' }).click()
    await expect(share.getByTestId('link-viewer').getByRole('button', { name: 'Copy' })).toBeFocused()

    const row = share.getByTestId('member').filter({ hasText: 'Bob' })
    const role = row.getByRole('button', { name: 'Role of Bob: Editor' })
    const edge = () => row.evaluate((one) => one.getBoundingClientRect().x)
    const before = await edge()
    await role.click()
    expect(await edge(), 'the list moves sideways').toBe(before)
    await page.getByRole('menuitem', { name: 'Make owner' }).click()
    const question = page.getByRole('heading', { name: 'Make Bob owner?' })
    await expect(question).toBeVisible()
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(question).toHaveCount(0)
    await expect(role).toBeFocused()
    await expect(share).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(share).toHaveCount(0)
  })

  test('is in the text for whoever only reads, and when a page that waited opens', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Minutes', text: 'Present: all.' })
    await alice.invite(bob, id, 'viewer')
    await bob.page.goto('/')
    await bob.page.getByRole('link', { name: 'Minutes', exact: true }).click()
    await bob.editor.opened()
    await expect(bob.editor.text).toBeFocused()
    await alice.call('DELETE', `/documents/${id}`)
    await expect(bob.page.getByTestId('trashed')).toBeVisible()
    await alice.call('POST', `/documents/${id}/restore`)
    await bob.editor.shows('Present: all.\n')
    await expect(bob.editor.text).toBeFocused()
    await alice.setRole(bob, id, 'editor')
    await expect(bob.editor.toolbar).toBeVisible()
    await expect(bob.editor.text).toBeFocused()
    await alice.setRole(bob, id, 'viewer')
    await bob.editor.state('read-only')
    await expect(bob.editor.text).toBeFocused()
  })
})

test('the arrow back leads to the list as it was left, and offline the list says so', async ({ alice }) => {
  const { page } = alice
  for (const title of ['Budget', 'Plan']) await alice.create({ title })
  await page.goto('/?show=mine&q=plan')
  await page.getByRole('link', { name: 'Plan', exact: true }).click()
  await alice.editor.opened()
  await page.reload()
  await alice.editor.opened()
  alice.line.break()
  await page.getByRole('button', { name: 'All documents' }).click()
  await expect(page).toHaveURL(/\/\?show=mine&q=plan$/)
  await expect(page.getByRole('main').getByText('You’re offline.')).toBeVisible()
  alice.line.restore()
  await expect(page.getByRole('link', { name: 'Plan', exact: true })).toBeVisible()
  await expect(page.getByText('You’re offline.')).toHaveCount(0)
})

test('a form says itself what is wrong, once', async ({ alice, guest }) => {
  const { page } = guest
  await page.goto('/signup')
  await page.getByRole('button', { name: 'Make account' }).click()
  const [name, email, password] = [
    page.getByLabel('Name'),
    page.getByLabel('E-mail'),
    page.getByRole('textbox', { name: 'Password' }),
  ]
  for (const field of [name, email, password]) await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(name).toBeFocused()
  await expect(page.getByText('Type a name.')).toBeVisible()
  await name.fill('Tomás')
  await email.fill('tomas')
  await password.fill('short')
  await page.getByRole('button', { name: 'Make account' }).click()
  await expect(email).toBeFocused()
  await expect(name).not.toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText(/isn’t an e-mail address/)).toHaveCount(1)
  await expect(page.getByText(/At least 10 characters/)).toHaveCount(1)

  await alice.page.goto('/')
  await expect(alice.page.getByRole('button', { name: 'New document' })).toHaveAttribute('data-variant', 'default')
  await alice.open(await alice.create({ title: 'Rota' }))
  await alice.page.getByRole('button', { name: 'Share' }).click()
  const share = alice.page.getByTestId('share')
  await share.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(share.getByText('Type a name or an e-mail address.')).toBeVisible()
  await share.getByRole('button', { name: 'Link for viewers' }).click()
  await expect(share.getByTestId('link-viewer')).toBeVisible()
  await expect(share.getByText('Type a name or an e-mail address.')).toHaveCount(0)
})
