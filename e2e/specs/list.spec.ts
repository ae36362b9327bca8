import { expect, test } from '../fixtures/index.ts'

test('the list is worked through by keyboard, and nothing that is gone comes back', async ({ alice }) => {
  const { page } = alice
  for (const title of ['Budget', 'Minutes', 'Seating plan']) await alice.create({ title, text: `${title}.` })
  await page.goto('/')
  const link = (name: string) => page.getByRole('link', { name, exact: true })
  await link('Minutes').focus()
  // Delays the list that the renaming fetches until the deletion is under way.
  const held: (() => void)[] = []
  let arrived = 0
  await page.route('**/api/v1/documents?*', async (route) => {
    const answer = await route.fetch()
    await new Promise<void>((release) => held.push(release))
    await route.fulfill({ response: answer }).catch(() => {}) // the page may no longer want it
    arrived++
  })
  await page.keyboard.press('F2')
  await page.keyboard.type('Minutes of May')
  await page.keyboard.press('Enter')
  await expect(link('Minutes of May')).toBeFocused()

  await expect.poll(() => held.length).toBeGreaterThan(0)
  let goOn = () => {}
  const deletion = new Promise<void>((resolve) => {
    goOn = resolve
  })
  await page.route('**/api/v1/documents/*', async (route) => {
    await deletion
    await route.continue()
  })
  await page.keyboard.press('Delete')
  await expect(link('Minutes of May')).toHaveCount(0)
  await expect(link('Budget')).toBeFocused()
  const asked = held.length
  for (const release of held) release()
  await expect.poll(() => arrived).toBe(asked)
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  expect(await link('Minutes of May').count(), 'a list from before the deletion brings it back').toBe(0)
  await page.unroute('**/api/v1/documents?*')
  goOn()
  await expect(page.getByText('Moved to trash')).toBeVisible()
  for (const release of held.slice(asked)) release()
  await expect(link('Budget')).toBeVisible()
  await expect(link('Minutes of May')).toHaveCount(0)

  await page.getByRole('tab', { name: 'Mine' }).click()
  await page.getByRole('searchbox', { name: 'Search titles' }).fill('bud')
  await expect(link('Seating plan')).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('searchbox', { name: 'Search titles' })).toHaveValue('bud')
  await link('Budget').click()
  await alice.editor.opened()
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Mine' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('searchbox', { name: 'Search titles' })).toHaveValue('bud')
  await expect(link('Seating plan')).toHaveCount(0)
})

test('a page that waits opens by itself, and signing out sends first and says so', async ({ alice, bob }) => {
  const id = await alice.create({ title: 'Plan', text: 'One.' })
  await alice.invite(bob, id, 'editor')
  await bob.open(id)
  await alice.call('DELETE', `/documents/${id}`)
  await expect(bob.page.getByTestId('trashed')).toBeVisible()
  await alice.call('POST', `/documents/${id}/restore`)
  await bob.editor.shows('One.\n')

  bob.line.loseAnswers()
  await bob.editor.caret({ after: 'One.' })
  await bob.page.keyboard.type(' Two.')
  await bob.page.getByRole('button', { name: 'All documents' }).click()
  const places = () => bob.page.evaluate(() => localStorage.getItem('quire-places') ?? '')
  await expect(bob.editor.text).toHaveCount(0)
  expect(await places()).toContain(id)
  await bob.page.getByRole('button', { name: /Account of/ }).click()
  const said = await bob.page.evaluateHandle(() => {
    const said = new Set<string>()
    const note = () => {
      const dialog = document.querySelector('[data-testid=sign-out]')
      const close = dialog?.closest('[role=dialog]')?.querySelector('[aria-label=Close]') ? ' Close' : ''
      if (dialog) said.add(`${dialog.textContent}${close}`)
    }
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
    return said
  })
  await bob.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(bob.page.getByRole('heading', { name: 'Sign out and lose text?' })).toBeVisible()
  const [first] = await said.evaluate((said) => [...said])
  expect(first).toMatch(/\d edits? to go\..*saved\.$/) // nor is there anything to close
  bob.line.restore()
  await expect(bob.page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  expect(await alice.serverText(id)).toBe('One. Two.\n')
  expect(await places(), 'where he was, for whoever comes next').toBe('')
})
