import { expect, test } from '../fixtures/index.ts'

interface Op {
  insert: unknown
  attributes?: Record<string, unknown>
}

/** Returns the lines of a document: the text of each, with embeds as •, and the formats of its newline. */
function linesOf(ops: Op[]): [string, object][] {
  const lines: [string, object][] = []
  let text = ''
  for (const { insert, attributes } of ops) {
    if (typeof insert !== 'string') text += '•'
    else
      for (const part of insert.split(/(\n)/)) {
        if (part !== '\n') text += part
        else {
          lines.push([text, attributes ?? {}])
          text = ''
        }
      }
  }
  return lines
}

/** One case for each kind of typing rule: what is typed, and the resulting formats of the line. */
const ofLines: [string, object][] = [
  ['## ', { header: 2 }],
  ['1. ', { list: 'ordered' }],
  ['- [x] ', { list: 'checked' }],
  ['> ', { blockquote: true }],
  ['``` ', { 'code-block': true }],
  ['```js\n', { 'code-block': 'js' }],
]

test('rules of typing: the next letter stands where one goes on, and undo leaves a colleague’s words', async ({
  alice,
}) => {
  const lines: string[] = []
  const wanted: [string, object][] = []
  const keys: [marker: string, typed: string, over: boolean][] = []
  const add = (typed: string, before: string, over: boolean, then: (rest: string) => [string, object][]) => {
    const marker = `(${lines.length})`
    keys.push([marker, typed, over])
    lines.push(before + marker)
    wanted.push(...then(over ? '' : marker))
  }
  for (const [typed, formats] of ofLines) add(typed, '', false, (rest) => [[`ZQ${rest}`, formats]])
  add('- ', '', true, (rest) => [[`ZQ${rest}`, { list: 'bullet' }]])
  add('---', '', true, (rest) => [
    ['•', {}],
    [`ZQ${rest}`, {}],
  ])
  add('---', '', false, (rest) => [
    ['•', {}],
    [`ZQ${rest}`, {}],
  ])
  add('**b**', '', false, (rest) => [[`bZQ${rest}`, {}]])
  add('_b_', 'in a line ', true, (rest) => [[`in a line bZQ${rest}`, {}]])
  add('~~b~~', 'in a line ', false, (rest) => [[`in a line bZQ${rest}`, {}]])
  const id = await alice.create({ text: `Ben's own words.\n${lines.join('\nplain\n')}\nplain` })
  await alice.open(id)

  // Slowly enough for each letter to be an undo step of its own.
  await alice.editor.caret({ before: 'Ben' })
  await alice.editor.type('- ', { delay: 1_000 })
  for (const keys of ['z', 'z', 'y', 'y']) await alice.editor.press(`Control+${keys}`)
  await alice.editor.saved()
  expect(linesOf(await alice.serverOps(id))[0]).toEqual(["Ben's own words.", { list: 'bullet' }])

  for (const [marker, typed, over] of keys) {
    if (over) await alice.editor.select(marker)
    else await alice.editor.caret({ before: marker })
    await alice.page.keyboard.type(`${typed}ZQ`)
  }
  await alice.editor.type('')
  await alice.editor.saved()
  const ops = await alice.serverOps(id)
  expect(
    linesOf(ops)
      .filter(([text]) => text !== 'plain')
      .slice(1),
  ).toEqual(wanted)
  const formatted = ops.filter(({ insert }) => insert === 'b').map(({ attributes }) => attributes)
  expect(formatted).toEqual([{ bold: true }, { italic: true }, { strike: true }])
})
