import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { chromium, firefox } from '../fixtures/programs.ts'

test('a browser is found by its variable or on PATH, and what is missing is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quire-programs-'))
  try {
    const nothing = { PATH: folder }
    expect(() => chromium(nothing)).toThrow('apt-get install chromium')
    expect(firefox(nothing)).toBeUndefined()
    const planted = join(folder, 'google-chrome')
    await writeFile(planted, '')
    expect(() => chromium(nothing), 'what cannot be run is no browser').toThrow('apt-get install chromium')
    await chmod(planted, 0o755)
    expect(chromium(nothing)).toBe(planted)
    expect(firefox({ PATH: '', FIREFOX: planted })).toBe(planted)
    for (const find of [chromium, firefox]) {
      const wrong = { PATH: folder, CHROMIUM: '/nowhere', FIREFOX: '/nowhere' }
      expect(() => find(wrong)).toThrow('=/nowhere: there is no such program')
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
