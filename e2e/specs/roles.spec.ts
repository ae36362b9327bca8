import { expect, sameEverywhere, test } from '../fixtures/index.ts'

test.describe('roles that change', () => {
  test('bob is made a viewer while he types offline: his text is parked, visible and copyable', async ({
    alice,
    bob,
  }) => {
    const id = await alice.create({ title: 'Rules', text: 'Rule one.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await bob.editor.caret({ after: 'Rule one.' })
    bob.line.break()
    await bob.editor.type(' Bob’s own rule.')
    await bob.editor.state('offline')
    await alice.setRole(bob, id, 'viewer')
    bob.line.restore()

    await bob.editor.state('read-only')
    await expect(bob.page.getByTestId('banner')).toContainText('of your edits couldn’t be added')
    await expect(bob.page.getByTestId('banner')).toContainText('You can read now, but not edit.')
    await bob.editor.shows('Rule one.\n')

    // The parked text survives a reload and can be read and copied.
    await bob.page.reload()
    await expect(bob.page.getByTestId('banner')).toContainText('of your edits couldn’t be added')
    await bob.page.getByRole('button', { name: 'See the text' }).click()
    const view = bob.page.getByRole('dialog')
    await expect(view).toContainText('Bob’s own rule.')
    await bob.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await view.getByRole('button', { name: 'Copy text' }).click()
    expect(await bob.page.evaluate(() => navigator.clipboard.readText())).toContain('Bob’s own rule.')
    await bob.page.keyboard.press('Escape')

    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('Rule one.\n')
  })

  test('a role changes on an open page within a second, both ways', async ({ alice, bob }) => {
    const id = await alice.create({
      ops: [{ insert: 'Chairs' }, { insert: '\n', attributes: { list: 'checked' } }, { insert: 'Seats.\n' }],
    })
    await alice.invite(bob, id, 'viewer')
    await alice.open(id)
    await bob.open(id)
    await bob.editor.state('read-only')
    const box = bob.editor.text.getByRole('checkbox', { name: 'Chairs' })
    await expect(box).toBeDisabled()

    await alice.setRole(bob, id, 'editor')
    await expect(bob.editor.chip).toHaveAttribute('data-state', 'saved', { timeout: 1500 })
    await bob.editor.caret({ after: 'Seats.' })
    await bob.editor.type(' Mine.')
    await bob.editor.saved()
    await expect(box).toBeEnabled()

    await alice.setRole(bob, id, 'viewer')
    await expect(box).toBeDisabled()
    await expect(bob.editor.chip).toHaveAttribute('data-state', 'read-only', { timeout: 1500 })
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('Chairs\nSeats. Mine.\n')
  })

  test('who is removed sees nothing more, and his unsent text stays his', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Private', text: 'Secret.' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await alice.call('DELETE', `/documents/${id}/members/${bob.id}`)
    await expect(bob.page.getByText('You no longer have access')).toBeVisible()
    const response = await bob.call('GET', `/documents/${id}`, undefined, false)
    expect(response.status()).toBe(404)
  })

  test('a document in the trash is closed for others and comes back whole', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Old plan', text: 'Plan.' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await alice.call('DELETE', `/documents/${id}`)
    await expect(bob.page.getByText(/trash|no longer/i).first()).toBeVisible()
    await alice.call('POST', `/documents/${id}/restore`)
    await alice.open(id)
    await bob.open(id)
    expect(await sameEverywhere(id, alice, [alice.editor, bob.editor])).toBe('Plan.\n')
  })

  test('a withdrawn link lets nobody in', async ({ alice, guest }) => {
    const id = await alice.create({ title: 'Open house', text: 'Welcome.' })
    const path = await alice.link(id, 'viewer')
    const links = (await (await alice.call('GET', `/documents/${id}/links`)).json()).items
    await alice.call('DELETE', `/documents/${id}/links/${links[0].id}`)
    await guest.page.goto(path)
    await expect(guest.page.getByText(/This link no longer works/)).toBeVisible()
  })
})
