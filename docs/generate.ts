import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { filesBelow, root } from './generator/files.js'
import { everythingGenerated } from './generator/generated.js'

// Makes what the documentation takes from the sources. With --check it writes nothing, names what is not up to date, and
// exits 1.
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

const made = await everythingGenerated()
const stale: string[] = []
for (const { path, text } of made) {
  const file = join(root, path)
  const there = await readFile(file, 'utf8').catch(() => undefined)
  if (there === text) continue
  stale.push(path)
  if (values.check) continue
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
// A page of a command that is gone.
const wanted = new Set(made.map(({ path }) => path))
const pages = await filesBelow('docs/reference', '.md').catch(() => [])
for (const path of pages.filter((page) => !wanted.has(page))) {
  stale.push(path)
  if (!values.check) await rm(join(root, path))
}

if (values.check && stale.length > 0) {
  process.exitCode = 1
  process.stderr.write(
    [
      'Not up to date (npm run docs makes them anew):',
      ...stale.map((path) => `  ${path}`),
      '',
    ].join('\n'),
  )
} else {
  const what = values.check ? 'are up to date' : `made, ${stale.length} of them changed`
  process.stdout.write(`${made.length} generated files ${what}.\n`)
}
