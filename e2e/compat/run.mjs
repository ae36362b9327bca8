// node run.mjs <scenario> <config as JSON>: prints its result as JSON; exit code 1 and the error on stderr if it fails.
import { random } from './random.mjs'
import * as scenarios from './scenarios.mjs'

const [name, config] = process.argv.slice(2)
const all = { random, ...scenarios }
try {
  const result = await all[name](JSON.parse(config))
  process.stdout.write(`${JSON.stringify(result ?? {})}\n`, () => process.exit(0))
} catch (error) {
  console.error(error)
  process.exit(1)
}
