import { expect, sameEverywhere, test } from '../fixtures/index.ts'
import { noSmallDisk } from '../fixtures/server.ts'

const missing = noSmallDisk()

test('a full disk: the text stays, one thing is said, and with room again all is saved once', async ({
  startServer,
  arrive,
}) => {
  test.skip(missing !== null, missing ?? '')
  const server = await startServer({ disk: '16m' })
  const alice = await arrive(server, 'Alice')
  await alice.signUp()
  const id = await alice.create({ title: 'Minutes', text: 'Before.' })
  await alice.open(id)
  const said = await alice.editor.chipWords()
  let connections = 0
  alice.page.on('websocket', () => connections++)

  await server.fillDisk()
  await alice.editor.caret({ after: 'Before.' })
  await alice.editor.type(' While it was full.')
  await expect(alice.editor.chip).toHaveText('Not saved')
  await expect(alice.page.getByTestId('banner')).toContainText(
    'Not saved. The server can’t use its database at the moment.',
  )
  const ready = await fetch(`${server.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ database: 'no writes' })
  await expect.poll(() => server.logged).toContain('full')
  expect(await alice.serverText(id)).toBe('Before.\n')
  // While it cannot store, the server closes connections and accepts new ones; the chip must not follow those.
  await expect.poll(() => connections, { timeout: 60_000 }).toBeGreaterThanOrEqual(2)
  await alice.editor.type(' And on.')
  expect(await said()).toEqual(['Saved', 'Saving…', 'Not saved'])

  await server.makeRoom()
  await expect(alice.editor.chip).toHaveText('Saved')
  expect((await said()).filter((words) => words !== 'Saving…')).toEqual(['Saved', 'Not saved', 'Saved'])
  expect(await sameEverywhere(id, alice, [alice.editor])).toBe('Before. While it was full. And on.\n')
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200)
})
