import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures/index.ts'

test('the page that describes the API is read on a phone and found through by path and word', async ({
  page,
  server,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${server.url}/api/docs#create-document`)
  const operations = page.locator('article')
  const field = page.getByRole('searchbox', { name: 'Find an operation' })
  await expect(page.getByRole('heading', { name: 'Start a document' })).toBeInViewport()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  const all = await operations.count()
  await expect(operations.filter({ has: page.locator('[data-of=curl]') })).toHaveCount(all)
  await expect(operations.filter({ has: page.locator('[data-of=fetch]') })).toHaveCount(all)
  expect(await page.locator('article pre:not([data-of])').allTextContents()).not.toContainEqual(
    expect.stringContaining('\\"'),
  )
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page })
      .include('#signing')
      .include('header')
      .include('#create-document')
      .analyze()
    expect(violations.map((violation) => violation.id)).toEqual([])
  }

  await page.keyboard.press('/')
  await field.fill('set-group-member /members')
  await expect(page.locator('article:visible')).toHaveAttribute('id', 'set-group-member')
  await expect(page.getByRole('status')).toHaveText('1 operation')
  await page.locator('article:visible').getByRole('link', { name: '404 not-found' }).click()
  await expect(page.getByText('urn:quire:problem:not-found')).toBeInViewport()
  await field.fill('idempotency-key')
  await expect(page.locator('#create-document')).toBeVisible()
  await expect(page.locator('#list-documents')).toBeHidden()
  await field.fill('no such thing')
  await page.getByRole('button', { name: 'Show everything' }).click()
  await expect(page.locator('article:visible')).toHaveCount(all)
  await page.locator('article').first().getByRole('button', { name: 'fetch' }).click()
  await expect(page.locator('article:visible [data-of=curl]:visible')).toHaveCount(0)
})
