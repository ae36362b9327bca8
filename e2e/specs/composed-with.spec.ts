import { expect, sameEverywhere, test } from '../fixtures/index.ts'
import { choose, compose, documentOf, merged } from '../fixtures/inputs.ts'
import type { Person } from '../fixtures/person.ts'

/** What a colleague does to the line in which somebody composes, and the line after that. */
const meanwhile: [what: string, selected: string, act: (bob: Person) => Promise<unknown>, after: string][] = [
  [
    'parts it before',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ after: 'The' })
      await editor.press('Enter')
    },
    'The\n quick速い brown fox.',
  ],
  [
    'parts it behind',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ before: ' fox' })
      await editor.press('Enter')
    },
    'The quick速い brown\n fox.',
  ],
  [
    'makes it bold',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.select('The quick brown fox.')
      await editor.press('Control+B')
    },
    '**The quick**速い** brown fox.**',
  ],
  [
    'writes where it goes on',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.caret({ after: 'quick' })
      await editor.type('er')
    },
    'The quicker速い brown fox.',
  ],
  [
    'takes the words around it away',
    'The quick| brown fox.',
    async ({ editor }) => {
      await editor.select('quick brown')
      await editor.press('Delete')
    },
    'The 速い fox.',
  ],
]

test('a colleague changes the line that is composed', async ({ alice, bob }) => {
  test.slow()
  const browser = await alice.context.newCDPSession(alice.page)
  for (const [what, before, act, after] of meanwhile) {
    const id = await alice.create({ ops: documentOf(before) })
    await alice.invite(bob, id, 'editor')
    await alice.open(id)
    await bob.open(id)
    await choose(alice, before)
    await compose(browser, 'は')
    await act(bob)
    await bob.editor.saved()
    await compose(browser, 'はや')
    await browser.send('Input.insertText', { text: '速い' })
    const text = await sameEverywhere(id, alice, [alice.editor, bob.editor])
    expect(text).toBe(await alice.serverText(id))
    expect.soft(merged(await alice.serverOps(id)), what).toEqual(documentOf(after))
  }
})
