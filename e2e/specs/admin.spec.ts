import { expect, Person, test } from '../fixtures/index.ts'

test.describe('administration', () => {
  test('an administrator ends somebody’s sign-ins: the open page says so and keeps what was not sent', async ({
    alice,
    bob,
  }) => {
    const id = await alice.create({ title: 'Rota', text: 'Monday:' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await bob.editor.caret({ after: 'Monday:' })

    await alice.page.goto('/admin')
    const row = alice.page.getByTestId('person').filter({ hasText: 'Bob' })
    await row.getByRole('button', { name: 'More about Bob' }).click()
    await alice.page.getByRole('menuitem', { name: 'Sign-ins…' }).click()
    await alice.page.getByTestId('sign-ins').getByRole('button', { name: 'End all of them' }).click()
    await expect(alice.page.getByTestId('sign-ins')).toContainText('Signed in nowhere.')

    await expect(bob.page.getByTestId('banner')).toContainText('You’ve been signed out.')
    await expect(bob.editor.chip).toHaveText('Signed out')
    await bob.editor.type(' Bob')
    await expect(bob.editor.chip).toHaveText('Not saved')
    await bob.page.getByTestId('banner').getByRole('button', { name: 'Sign in' }).click()
    await bob.page.getByLabel('E-mail').fill(bob.email)
    await bob.page.getByLabel('Password', { exact: true }).fill(Person.password)
    await bob.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await bob.editor.opened()
    await bob.editor.saved()
    await expect.poll(() => alice.serverText(id)).toBe('Monday: Bob\n')
  })

  test('a person is added, sets a password at their address, and the log tells of it', async ({ alice, guest }) => {
    await alice.page.goto('/admin')
    await alice.page.getByRole('button', { name: 'Add a person' }).click()
    const dialog = alice.page.getByTestId('add-person')
    await dialog.getByLabel('Name').fill('Nora')
    await dialog.getByLabel('E-mail').fill('nora@example.org')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    const address = await dialog.getByLabel('Address to set a password').inputValue()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect(alice.page.getByTestId('person').filter({ hasText: 'Nora' })).toBeVisible()

    await guest.page.goto(new URL(address).pathname)
    await guest.page.getByRole('textbox', { name: 'Password' }).fill('a sentence of my own')
    await guest.page.getByRole('button', { name: 'Set it and sign in' }).click()
    await expect(guest.page.getByRole('heading', { name: 'Documents' })).toBeVisible()

    await alice.page.getByRole('tab', { name: 'Audit log' }).click()
    await expect(alice.page.getByTestId('audit').filter({ hasText: 'Alice made an account for' })).toBeVisible()
  })

  test('the page is for administrators, and tells no text', async ({ alice, bob }) => {
    await bob.create({ title: 'Diary', text: 'Nobody else reads this.' })
    await bob.page.goto('/admin')
    await expect(bob.page.getByText('There is nothing here')).toBeVisible()
    for (const path of ['/admin/people', '/admin/documents', '/admin/audit', '/admin/settings', '/admin/storage'])
      expect((await bob.call('GET', path, undefined, false)).status(), path).toBe(403)

    await alice.page.goto('/admin/documents')
    await expect(alice.page.getByTestId('document').filter({ hasText: 'Diary' })).toBeVisible()
    expect(await (await alice.call('GET', '/admin/documents')).text()).not.toContain('Nobody else reads this')
  })

  test('a document gets another owner, and its old one goes on as an editor', async ({ alice, bob, guest }) => {
    await guest.signUp()
    const id = await bob.create({ title: 'Handbook', text: 'One.' })
    await alice.page.goto('/admin/documents')
    const handbook = alice.page.getByTestId('document').filter({ hasText: 'Handbook' })
    await expect(handbook).toContainText('Bob')
    await handbook.getByRole('button', { name: 'More about Handbook' }).click()
    await alice.page.getByRole('menuitem', { name: 'Change the owner…' }).click()
    await alice.page.getByLabel('Name or e-mail').fill(guest.email)
    await alice.page.getByRole('button', { name: `Make ${guest.name} the owner` }).click()
    await expect(handbook).toContainText(guest.name)

    const { items } = await (await guest.call('GET', `/documents/${id}/members`)).json()
    const roles = items.map((one: { user: { name: string }; role: string }) => `${one.user.name} ${one.role}`)
    expect(roles.sort()).toEqual(['Bob editor', `${guest.name} owner`].sort())
    await bob.open(id)
    await bob.editor.caret({ after: 'One.' })
    await bob.editor.type(' Two.')
    await bob.editor.saved()
  })
})
