import { fileURLToPath } from 'node:url'
import { test } from '../fixtures/index.ts'

/** Takes the README's picture: three people in one document. Run by `make screenshot`. */
test('the README’s picture', async ({ server, arrive, alice }) => {
  const [mara, ilja] = [await arrive(server, 'Mara'), await arrive(server, 'Ilja')]
  for (const person of [mara, ilja]) await person.signUp()
  const ops = [
    { insert: 'Spring programme' },
    { insert: '\n', attributes: { header: 1 } },
    { insert: 'We open on the first Saturday in March, at ' },
    { insert: 'half past five', attributes: { bold: true } },
    { insert: ', when it is still light enough to walk through the garden.\n' },
    { insert: 'Before the opening' },
    { insert: '\n', attributes: { header: 2 } },
    { insert: 'The roof is tight again' },
    { insert: '\n', attributes: { list: 'checked' } },
    { insert: 'Chairs from the school, at least forty' },
    { insert: '\n', attributes: { list: 'unchecked' } },
    { insert: 'Ask Tomás for the piano' },
    { insert: '\n', attributes: { list: 'unchecked' } },
    { insert: 'A house is finished when nobody talks about the roof any more.' },
    { insert: '\n', attributes: { blockquote: true } },
    { insert: 'The programme itself follows next week, with prices.\n' },
  ]
  const id = await alice.create({ title: 'Spring programme', ops })
  for (const person of [mara, ilja]) await alice.invite(person, id, 'editor')
  await alice.page.setViewportSize({ width: 1280, height: 760 })
  await alice.open(id)
  await mara.open(id)
  await ilja.open(id)
  await alice.editor.caret({ after: 'next week' })
  for (const name of ['Mara', 'Ilja']) {
    await alice.page.getByRole('button', { name: `Show where ${name} is` }).waitFor()
  }
  await alice.editor.saved()
  await mara.editor.select('at least forty')
  await ilja.editor.caret({ after: 'Before the opening' })
  await alice.page.locator('.ql-cursors').getByText('Ilja').waitFor()
  await alice.page.screenshot({ path: fileURLToPath(new URL('./editor.png', import.meta.url)), animations: 'disabled' })
})
