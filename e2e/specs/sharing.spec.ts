import { expect, sameEverywhere, test } from '../fixtures/index.ts'

/** Returns the path of an address. */
const pathOf = (url: string) => new URL(url).pathname

test.describe('sharing', () => {
  test('an invitation lets in a person who makes an account for it, once', async ({ alice, bob, guest }) => {
    const id = await alice.create({ title: 'Garden plan', text: 'Beans.' })
    await alice.open(id)
    await alice.page.getByRole('button', { name: 'Share' }).click()
    const dialog = alice.page.getByTestId('share')
    await dialog.getByLabel('E-mail addresses').fill('carol@example.org')
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(dialog.getByTestId('invitation')).toContainText('carol@example.org')
    const { items } = await (await alice.call('GET', `/documents/${id}/invitations`)).json()
    const path = pathOf(items[0].url)

    await guest.page.goto(path)
    await expect(guest.page.getByText('invites you to edit')).toBeVisible()
    await expect(guest.page.getByRole('heading', { name: 'Garden plan' })).toBeVisible()
    await guest.page.getByRole('button', { name: 'Make an account' }).click()
    await guest.page.getByLabel('Name').fill('Carol')
    await guest.page.getByLabel('E-mail').fill('carol@example.org')
    await guest.page.getByRole('textbox', { name: 'Password' }).fill('a short sentence is easiest')
    await guest.page.getByRole('button', { name: 'Make account' }).click()
    await guest.page.getByRole('button', { name: 'Open as Carol' }).click()
    await guest.editor.opened()
    await guest.editor.caret({ after: 'Beans.' })
    await guest.editor.type(' Peas.')
    await guest.editor.saved()
    await expect(dialog.getByTestId('member').filter({ hasText: 'Carol' })).toContainText('carol@example.org')
    await expect(dialog.getByTestId('invitation')).toHaveCount(0)

    // Its address is used up.
    await bob.page.goto(path)
    await expect(bob.page.getByText('This invitation no longer works')).toBeVisible()
    expect(await sameEverywhere(id, alice, [alice.editor, guest.editor])).toBe('Beans. Peas.\n')
  })

  test('a guest of a link makes an account and keeps what they wrote and may', async ({ alice, guest }) => {
    const id = await alice.create({ title: 'Minutes', text: 'Present: ' })
    await guest.page.goto(await alice.link(id, 'editor'))
    await guest.page.getByLabel('Your name').fill('Tomás')
    await guest.page.getByRole('button', { name: 'Open the document' }).click()
    await guest.editor.opened()
    await guest.editor.caret({ after: 'Present: ' })
    await guest.editor.type('Tomás.')
    await guest.editor.saved()
    const author = async () =>
      (await (await alice.call('GET', `/documents/${id}/ops?from=1`)).json()).items.at(-1).author.id

    const before = await author()
    await guest.page.goto('/')
    await guest.page.getByRole('button', { name: /Account of/ }).click()
    await guest.page.getByRole('menuitem', { name: 'Make an account' }).click()
    await guest.page.getByLabel('Name').fill('Tomás Ruiz')
    await guest.page.getByLabel('E-mail').fill('tomas@example.org')
    await guest.page.getByRole('textbox', { name: 'Password' }).fill('a short sentence is easiest')
    await guest.page.getByRole('button', { name: 'Make account' }).click()
    await expect(guest.page.getByRole('button', { name: 'Account of Tomás Ruiz' })).toBeVisible()
    await guest.open(id)
    await guest.editor.caret({ after: 'Tomás.' })
    await guest.editor.type(' Ada.')
    await guest.editor.saved()
    expect(await author()).toEqual(before)
    const { items } = await (await alice.call('GET', `/documents/${id}/members`)).json()
    expect(items.map((one: { user: { name: string }; role: string }) => `${one.user.name} ${one.role}`)).toContain(
      'Tomás Ruiz editor',
    )
    await guest.editor.shows('Present: Tomás. Ada.\n')
  })

  test('who was removed asks to get back, and is let in again', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Private', text: 'Secret.' })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await alice.page.getByRole('button', { name: 'Share' }).click()
    const dialog = alice.page.getByTestId('share')
    await dialog.getByRole('button', { name: 'Role of Bob: Editor' }).click()
    await alice.page.getByRole('menuitem', { name: 'Remove' }).click()
    await alice.page.getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(bob.page.getByText('You no longer have access')).toBeVisible()

    await bob.page.getByRole('button', { name: 'Ask for access' }).click()
    await bob.page.getByLabel('A few words').fill('It was me who wrote half of it.')
    await bob.page.getByRole('button', { name: 'Ask', exact: true }).click()
    await expect(bob.page.getByText('Asked. If the document exists, its owner decides.')).toBeVisible()

    const request = dialog.getByTestId('request')
    await expect(request).toContainText('Bob asks to get in')
    await expect(request).toContainText('It was me who wrote half of it.')
    await request.getByRole('button', { name: 'Grant' }).click()
    await expect(dialog.getByTestId('member').filter({ hasText: 'Bob' })).toContainText('Viewer')
    await bob.editor.state('read-only')
    await bob.editor.shows('Secret.\n')
  })

  test('asking says the same whether there is such a document', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Private', text: 'Secret.' })
    const said = []
    for (const path of [`/d/${id}`, '/d/there-is-no-such-document']) {
      await bob.page.goto(path)
      await bob.page.getByRole('button', { name: 'Ask for access' }).click()
      await bob.page.getByRole('button', { name: 'Ask', exact: true }).click()
      await expect(bob.page.getByText('Asked. If the document exists')).toBeVisible()
      said.push(await bob.page.getByTestId('not-found').textContent())
    }
    expect(said[0]).toBe(said[1])
  })

  test('a link that ended says when', async ({ alice, guest }) => {
    const id = await alice.create({ title: 'Party', text: 'Come.' })
    const ends = new Date(Date.now() + 3000)
    const form = { role: 'viewer', expires_at: ends.toISOString() }
    const link = await (await alice.call('POST', `/documents/${id}/links`, form)).json()
    await expect(async () => {
      await guest.page.goto(pathOf(link.url))
      await expect(guest.page.getByText('This link has ended')).toBeVisible({ timeout: 1000 })
    }).toPass()
    await expect(guest.page.getByText(/It ended at \d+:\d\d\./)).toBeVisible()
  })

  test('a document is handed over, and everybody here with an account gets in', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'House rules', text: 'One.' })
    await alice.invite(bob, id, 'viewer')
    await alice.open(id)
    await alice.page.getByRole('button', { name: 'Share' }).click()
    const dialog = alice.page.getByTestId('share')
    await dialog.getByRole('button', { name: 'Anyone here with an account: Nobody else' }).click()
    await alice.page.getByRole('menuitemradio', { name: 'Can read' }).click()
    await expect(dialog.getByTestId('reach')).toContainText('Can read')

    await dialog.getByRole('button', { name: 'Role of Bob: Viewer' }).click()
    await alice.page.getByRole('menuitem', { name: 'Make owner' }).click()
    await alice.page.getByRole('button', { name: 'Offer it' }).click()
    await expect(dialog.getByTestId('member').filter({ hasText: 'Bob' })).toContainText('hasn’t answered yet')
    await bob.page.goto('/')
    const offer = bob.page
      .getByRole('region', { name: 'Invitations' })
      .getByRole('listitem')
      .filter({ hasText: 'House rules' })
    await offer.getByRole('button', { name: 'Accept' }).click()
    await expect(offer).toHaveCount(0)
    await expect(dialog.getByTestId('member').filter({ hasText: 'Bob' })).toContainText('Owner')
    await bob.open(id)
    await expect(bob.page.getByRole('button', { name: 'Share' })).toBeVisible()
  })

  test('a withdrawn link takes with it who came by it, and both come back', async ({ alice, bob, guest }) => {
    const id = await alice.create({ title: 'Street party', text: 'Tables.' })
    await alice.invite(bob, id, 'editor')
    await guest.page.goto(await alice.link(id, 'viewer'))
    await guest.page.getByLabel('Your name').fill('Tomás')
    await guest.page.getByRole('button', { name: 'Open the document' }).click()
    await guest.editor.opened()

    await bob.open(id)
    await bob.page.getByRole('button', { name: 'More', exact: true }).click()
    await bob.page.getByRole('menuitem', { name: 'Who has access' }).click()
    await expect(bob.page.getByTestId('share').getByTestId('member').filter({ hasText: 'Tomás' })).toContainText(
      'Viewer',
    )

    await alice.open(id)
    await alice.page.getByRole('button', { name: 'Share' }).click()
    const dialog = alice.page.getByTestId('share')
    const tomas = dialog.getByTestId('member').filter({ hasText: 'Tomás' })
    await expect(tomas).toContainText('by the link for viewers')
    await dialog.getByTestId('link-viewer').getByRole('button', { name: 'Withdraw' }).click()
    await alice.page.getByTestId('withdraw-link').getByRole('button', { name: 'Withdraw and remove 1 person' }).click()
    await expect(tomas).toHaveCount(0)
    await expect(guest.page.getByText('You no longer have access')).toBeVisible()

    const undo = alice.page.getByRole('status').getByRole('button', { name: 'Undo' })
    await undo.hover() // while the pointer is on it, it stays
    await dialog.getByRole('button', { name: 'Link for editors', exact: true }).focus() // the last one of the dialog
    await alice.page.keyboard.press('Tab')
    await expect(undo).toBeFocused()
    await alice.page.keyboard.press('Tab')
    await expect(alice.page.getByRole('button', { name: 'Close' })).toBeFocused()
    await alice.page.keyboard.press('Shift+Tab')
    await alice.page.keyboard.press('Enter')
    await expect(tomas).toContainText('by the link for viewers')
    await expect(dialog.getByTestId('link-viewer')).toBeVisible()
    await guest.editor.shows('Tables.\n')
  })

  test('on a phone a sheet that lies on another closes alone, and its field has the focus', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Rota', text: 'Monday' })
    await alice.invite(bob, id, 'editor')
    await alice.page.setViewportSize({ width: 390, height: 844 })
    await alice.open(id)
    await alice.page.getByRole('button', { name: 'Share' }).click()
    const share = alice.page.getByTestId('share')
    const row = share.getByTestId('member').filter({ hasText: 'Bob' })
    await row.getByRole('button', { name: 'Role of Bob: Editor' }).click()
    await alice.page.getByRole('button', { name: 'Viewer can read' }).click()
    await expect(row).toContainText('Viewer')
    await row.getByRole('button', { name: 'Role of Bob: Viewer' }).click()
    await expect(alice.page.getByRole('heading', { name: 'Role of Bob' })).toBeVisible()
    await alice.page.goBack()
    await expect(alice.page.getByRole('heading', { name: 'Role of Bob' })).toHaveCount(0)
    await expect(row).toBeVisible()
    await row.getByRole('button', { name: 'Role of Bob: Viewer' }).click()
    await alice.page.getByRole('button', { name: 'Make owner' }).click()
    await expect(alice.page.getByRole('heading', { name: 'Make Bob owner?' })).toBeVisible()
    await alice.page.goBack()
    await expect(alice.page.getByRole('heading', { name: 'Make Bob owner?' })).toHaveCount(0)
    await expect(row).toBeVisible()
    const cut = (lines: Element[]) => lines.filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.textContent)
    expect(await share.getByTestId('member').locator('p').evaluateAll(cut)).toEqual([])
    await alice.page.goBack()
    await expect(share).toHaveCount(0)
    await alice.editor.select('Monday')
    await alice.page.keyboard.press('ControlOrMeta+k')
    await expect(alice.page.getByRole('textbox', { name: 'Address' })).toBeFocused()
  })
})
