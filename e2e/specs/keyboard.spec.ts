import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures/index.ts'

/** Presses Tab until the named element has the focus. What cannot be reached that way cannot be used without a mouse. */
async function tabTo(page: Page, role: string, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const [focused, label] = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return ['', '']
      const label =
        e.getAttribute('aria-label') ??
        (e as HTMLInputElement).labels?.[0]?.textContent ??
        e.getAttribute('placeholder') ??
        e.textContent ??
        ''
      const tag = e.tagName.toLowerCase()
      const implicit: Record<string, string> = { a: 'link', button: 'button', input: 'textbox', textarea: 'textbox' }
      return [e.getAttribute('role') ?? implicit[tag] ?? tag, label]
    })
    if (focused === role && name.test(label ?? '')) return
    await page.keyboard.press(key)
  }
  throw new Error(`Tab never reached a ${role} named ${name}`)
}

test('from the first account to a shared document without a mouse', async ({ browser, startServer }) => {
  const server = await startServer()
  const context = await browser.newContext({ baseURL: server.url })
  const page = await context.newPage()
  const { keyboard } = page

  await test.step('makes the first account', async () => {
    await page.goto('/signup')
    await expect(page.getByText('You are the first here')).toBeVisible()
    await tabTo(page, 'textbox', /Name/)
    await keyboard.type('Ada Lindqvist')
    await tabTo(page, 'textbox', /E-mail/)
    await keyboard.type('ada@example.org')
    await tabTo(page, 'textbox', /Password/)
    await keyboard.type('a short sentence is easiest')
    await keyboard.press('Enter')
    await expect(page.getByText('Nothing written yet')).toBeVisible()
  })

  await test.step('starts a document, names it, writes', async () => {
    await tabTo(page, 'button', /New/)
    await keyboard.press('Enter')
    const title = page.getByRole('textbox', { name: /title/i })
    await expect(title).toBeFocused() // a new document opens in its title
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type('Seating plan')
    await keyboard.press('Enter')
    await expect(page.getByRole('textbox', { name: 'Document text' })).toBeFocused()
    await keyboard.type('# Tables\nOne: ')
    await keyboard.press('ControlOrMeta+b')
    await keyboard.type('Ilja')
    await keyboard.press('ControlOrMeta+b')
    await keyboard.type(' and Mara')
    await expect(page.getByTestId('state')).toHaveAttribute('data-state', 'saved')
    await expect(page).toHaveTitle(/Seating plan/)
    await expect(page.getByRole('textbox', { name: 'Document text' }).locator('h1')).toHaveText('Tables')
    await expect(page.getByRole('textbox', { name: 'Document text' }).locator('strong')).toHaveText('Ilja')
  })

  await test.step('goes to the toolbar and back to the same caret', async () => {
    await keyboard.press('Alt+F10')
    await expect(page.getByRole('toolbar').locator(':focus')).toHaveCount(1)
    await keyboard.press('ArrowRight')
    await keyboard.press('Escape')
    await keyboard.type('!')
    await expect(page.getByText('and Mara!')).toBeVisible()
  })

  await test.step('leaves the text by Esc and Tab', async () => {
    await keyboard.press('Escape')
    await keyboard.press('Tab')
    await expect(page.getByRole('textbox', { name: 'Document text' })).not.toBeFocused()
  })

  await test.step('shares it', async () => {
    await tabTo(page, 'button', /Share/)
    await keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await expect(dialog).toBeVisible()
    await expect(dialog.locator(':focus')).toHaveCount(1)
    await keyboard.press('Escape')
    await expect(dialog).not.toBeVisible()
    await expect(page.getByRole('button', { name: 'Share' })).toBeFocused()
  })

  await test.step('goes back to the list and opens it again', async () => {
    await tabTo(page, 'button', /All documents/, 'Shift+Tab') // the next element is the text, where Tab types a tab
    await keyboard.press('Enter')
    await expect(page.getByText('Seating plan')).toBeVisible()
    await tabTo(page, 'link', /Seating plan/)
    await keyboard.press('Enter')
    await expect(page.getByText('and Mara!')).toBeVisible()
  })

  await context.close()
})
