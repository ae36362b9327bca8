import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures/index.ts'

/** Checks that there is no serious or critical accessibility fault in either theme. The report lists lesser ones. */
async function sound(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    await page.evaluate(async () => {
      // The theme's colours apply one frame later, and after what is still fading in.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
    })
    const { violations } = await new AxeBuilder({ page }).analyze()
    const faults = violations.map((v) => ({
      id: v.id,
      impact: v.impact,
      where: v.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
    }))
    const grave = faults.filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
    expect(grave, `${name}, ${colorScheme}`).toEqual([])
    const minor = faults.filter((fault) => !grave.includes(fault))
    if (minor.length > 0)
      test.info().annotations.push({ type: `axe ${name} ${colorScheme}`, description: JSON.stringify(minor) })
  }
}

test.describe('every screen is sound for those who do not see or point', () => {
  test('sign-in and sign-up', async ({ alice: _, guest }) => {
    await guest.page.goto('/')
    await expect(guest.page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await sound(guest.page, 'sign-in')
    await guest.page.goto('/signup')
    await expect(guest.page.getByRole('button', { name: 'Make account' })).toBeVisible()
    await sound(guest.page, 'sign-up')
  })

  test('the documents, empty, full and in the trash', async ({ alice }) => {
    await alice.page.goto('/')
    await expect(alice.page.getByText('Nothing written yet')).toBeVisible()
    await sound(alice.page, 'empty list')
    for (const title of ['Spring programme', 'Seating plan', 'Minutes'])
      await alice.create({ title, text: `${title}.` })
    const gone = await alice.create({ title: 'Old seating plan' })
    await alice.call('DELETE', `/documents/${gone}`)
    await alice.page.reload()
    await expect(alice.page.getByText('Seating plan').first()).toBeVisible()
    await sound(alice.page, 'list')
    await alice.page.getByRole('tab', { name: 'Trash' }).click()
    await expect(alice.page.getByText('Old seating plan')).toBeVisible()
    await sound(alice.page, 'trash')
  })

  test('the editor, sharing, the keyboard help, a guest at the door, nothing there', async ({ alice, bob, guest }) => {
    const ops = [
      { insert: 'A heading' },
      { insert: '\n', attributes: { header: 1 } },
      { insert: 'Some ' },
      { insert: 'bold', attributes: { bold: true } },
      { insert: ' and ' },
      { insert: 'a link', attributes: { link: 'https://example.org' } },
      { insert: '.\nto do' },
      { insert: '\n', attributes: { list: 'unchecked' } },
      { insert: 'said' },
      { insert: '\n', attributes: { blockquote: true } },
      { insert: 'code' },
      { insert: '\n', attributes: { 'code-block': true } },
    ]
    const id = await alice.create({ title: 'Everything', ops })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await bob.editor.caret({ after: 'Some' })
    await alice.open(id)
    await sound(alice.page, 'editor')
    await alice.page.getByRole('button', { name: 'Alignment: Left' }).click()
    await expect(alice.page.getByRole('menuitemradio', { checked: true })).toHaveText(/Left.*✓/)
    await alice.page.keyboard.press('Escape')
    await alice.page.getByRole('button', { name: 'Share' }).click()
    await expect(alice.page.getByRole('dialog')).toBeVisible()
    await sound(alice.page, 'share')
    await alice.page.keyboard.press('Escape')
    await alice.page.keyboard.press('ControlOrMeta+/')
    await expect(alice.page.getByRole('dialog')).toBeVisible()
    await sound(alice.page, 'keyboard help')
    await alice.page.keyboard.press('Escape')

    await guest.page.goto(await alice.link(id, 'viewer'))
    await expect(guest.page.getByRole('button', { name: 'Open the document' })).toBeVisible()
    await sound(guest.page, 'guest')

    await bob.page.goto('/d/there-is-no-such-document')
    await expect(bob.page.getByText('There is nothing here')).toBeVisible()
    await sound(bob.page, 'not found')
  })

  test('the account, groups, requests, an invitation, asking, a forgotten password', async ({ alice, bob, guest }) => {
    const id = await alice.create({ title: 'Spring programme', text: 'Hello.' })
    await alice.call('POST', '/groups', { name: 'The choir' })
    await alice.call('POST', `/documents/${id}/invitations`, { email: 'carol@example.org', role: 'editor' })
    await alice.call('POST', `/documents/${id}/links`, { role: 'viewer' })
    await bob.page.goto(`/d/${id}`)
    await bob.page.getByRole('button', { name: 'Ask for access' }).click()
    await expect(bob.page.getByTestId('ask')).toBeVisible()
    await sound(bob.page, 'ask')
    await bob.page.getByRole('button', { name: 'Ask', exact: true }).click()
    await expect(bob.page.getByText('Asked. If the document exists')).toBeVisible()

    await alice.open(id)
    await alice.page.getByRole('button', { name: 'Share, 1 asks to get in' }).click()
    await expect(alice.page.getByTestId('request')).toBeVisible()
    await sound(alice.page, 'share with a request')
    await alice.page.goto('/')
    await alice.page.getByRole('button', { name: /Account of/ }).click()
    await alice.page.getByRole('menuitem', { name: 'Groups' }).click()
    const groups = alice.page.getByTestId('groups')
    await groups.getByRole('button', { name: /The choir/ }).click()
    await expect(groups.getByTestId('group-member')).toBeVisible()
    await sound(alice.page, 'group')
    await groups.getByLabel('Name of the group').fill('The small choir')
    await groups.getByRole('button', { name: 'Rename' }).click()
    await expect(alice.page.getByRole('heading', { name: 'The small choir' })).toBeVisible()
    await alice.page.keyboard.press('Escape')
    await alice.page.getByRole('button', { name: /Account of/ }).click()
    await alice.page.getByRole('menuitem', { name: 'Account' }).click()
    await alice.page.getByRole('button', { name: 'Make a token' }).click()
    await sound(alice.page, 'account')

    const { items } = await (await alice.call('GET', `/documents/${id}/invitations`)).json()
    await guest.page.goto(new URL(items[0].url).pathname)
    await expect(guest.page.getByRole('button', { name: 'Make an account' })).toBeVisible()
    await sound(guest.page, 'invitation')
    await guest.page.goto('/forgot')
    await expect(guest.page.getByRole('heading', { name: 'A new password' })).toBeVisible()
    await sound(guest.page, 'forgotten password')
  })

  test('administration', async ({ alice, bob }) => {
    await bob.create({ title: 'Diary', text: 'Mine.' })
    for (const tab of ['people', 'documents', 'storage', 'settings', 'audit']) {
      await alice.page.goto(`/admin/${tab}`)
      await expect(alice.page.getByRole('heading', { name: 'Administration' })).toBeVisible()
      await expect(alice.page.getByText(/^(Loading|Counting)…$/)).toHaveCount(0)
      await sound(alice.page, `administration, ${tab}`)
    }
    await alice.create({
      title: 'A title that is longer than a phone is wide, by a good deal, as titles are',
      text: '',
    })
    await alice.page.setViewportSize({ width: 390, height: 844 })
    for (const [tab, row] of [
      ['people', 'person'],
      ['documents', 'document'],
      ['audit', 'audit'],
    ] as const) {
      await alice.page.goto(`/admin/${tab}`)
      await expect(alice.page.getByTestId(row).first()).toBeVisible()
      const cut = (lines: Element[]) => lines.filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.textContent)
      expect(await alice.page.getByTestId(row).locator('p').evaluateAll(cut), `${tab} on a phone`).toEqual([])
    }
  })

  test('offline, parked and read-only', async ({ alice, bob }) => {
    const id = await alice.create({ title: 'Rules', text: 'Rule one.' })
    await alice.invite(bob, id, 'editor')
    await bob.open(id)
    await bob.editor.caret({ after: 'Rule one.' })
    bob.line.break()
    await bob.editor.type(' Mine.')
    await bob.editor.state('offline')
    await sound(bob.page, 'offline')
    await alice.setRole(bob, id, 'viewer')
    bob.line.restore()
    await bob.editor.state('read-only')
    await sound(bob.page, 'parked and read-only')
    await bob.page.getByRole('button', { name: 'See the text' }).click()
    await expect(bob.page.getByRole('dialog')).toBeVisible()
    await sound(bob.page, 'parked text')
  })

  test('on a phone nothing scrolls sideways', async ({ alice }) => {
    const id = await alice.create({
      title: 'On the way',
      text: 'A line that is longer than a phone is wide, by a good deal.',
    })
    await alice.page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/', `/d/${id}`]) {
      await alice.page.goto(path)
      await expect(alice.page.getByText('On the way').first()).toBeVisible()
      const over = await alice.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(over, path).toBeLessThanOrEqual(0)
      await sound(alice.page, `phone ${path}`)
    }
  })
})
