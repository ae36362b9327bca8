import { expect, test } from '../fixtures/index.ts'

test('a group is made and filled by keyboard, says what came of an e-mail, and follows what others do', async ({
  alice,
  bob,
}) => {
  await alice.page.goto('/')
  const account = alice.page.getByRole('button', { name: /Account of/ })
  await account.click()
  await alice.page.getByRole('menuitem', { name: 'Groups' }).click()
  const groups = alice.page.getByTestId('groups')
  await expect(groups.getByLabel('Name of a new group')).toBeFocused()
  await alice.page.keyboard.type('The choir')
  await alice.page.keyboard.press('Enter')
  const add = groups.getByLabel('Name or e-mail of somebody with an account')
  await expect(add).toBeFocused()
  await alice.page.keyboard.type('nobody@example.org')
  await alice.page.keyboard.press('Enter')
  await expect(alice.page.getByText('no confirmed account has nobody@example.org')).toBeVisible()
  const { items } = await (await alice.call('GET', '/groups')).json()
  const { id } = await (await bob.call('GET', '/me')).json()
  await alice.call('PUT', `/groups/${items[0].id}/members/${id}`, { manager: false })
  await expect(groups.getByTestId('group-member')).toHaveCount(2) // read again by itself
  for (let i = 0; i < 6; i++) await alice.page.keyboard.press('Tab')
  await alice.page.keyboard.press('Escape')
  await expect(account).toBeFocused()
})
