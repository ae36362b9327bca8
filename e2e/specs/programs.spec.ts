import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { chromium, firefox } from '../fixtures/programs.ts'

test('a browser is found by its variable or on PATH, and what is missing is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quire-programs-'))
  const here = process.cwd()
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
    // Neither a folder nor a file in the current directory counts as a program.
    await mkdir(join(folder, 'chromium'))
    expect(chromium(nothing)).toBe(planted)
    process.chdir(folder)
    expect(() => chromium({ PATH: `:${join(folder, 'none')}` })).toThrow('apt-get install chromium')
    // The first folder of PATH wins, and in it the first name.
    const before = join(folder, 'before')
    for (const name of ['firefox', 'google-chrome', 'chromium-browser']) {
      await mkdir(before, { recursive: true })
      await writeFile(join(before, name), '', { mode: 0o755 })
    }
    const path = { PATH: `${before}:${folder}` }
    expect(chromium(path)).toBe(join(before, 'chromium-browser'))
    expect(chromium({ PATH: `${folder}:${before}` })).toBe(planted)
    expect(firefox(path)).toBe(join(before, 'firefox'))
    await writeFile(join(before, 'firefox-esr'), '', { mode: 0o755 })
    expect(firefox(path)).toBe(join(before, 'firefox-esr'))
    expect(chromium({ ...path, CHROMIUM: planted, FIREFOX: '/nowhere' })).toBe(planted)
    for (const find of [chromium, firefox]) {
      const wrong = { PATH: folder, CHROMIUM: '/nowhere', FIREFOX: '/nowhere' }
      expect(() => find(wrong)).toThrow('=/nowhere: there is no such program')
    }
  } finally {
    process.chdir(here)
    await rm(folder, { recursive: true })
  }
})
