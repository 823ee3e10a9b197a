import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, type Place } from '../../support/cli.js'
import { emptyPlace } from './place.js'

const root = join(import.meta.dirname, '../../..')
const kept = (name: string) => join(import.meta.dirname, 'snapshots', `${name}.txt`)
let place: Pick<Place, 'folder' | 'state' | 'remove'>
let names: string[]

beforeAll(async () => {
  place = await emptyPlace()
  const manifest = JSON.parse(await readFile(join(root, 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, { flags: Record<string, unknown> }>
  }
  names = Object.keys(manifest.commands)
    .map((id) => id.replaceAll(':', ' '))
    .sort()
})

afterAll(() => place.remove())

/** What a command prints. It must end well and say nothing on standard error. */
async function printed(argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await ops(place, argv)
  expect([exitCode, stderr]).toEqual([0, ''])
  return `${stdout.trimEnd()}\n`
}

test('the commands there are do not change unnoticed', async () => {
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(kept('commands'))
})

test('the front page is what ops alone, ops help and ops --help print', async () => {
  const page = await printed([])
  await expect(page).toMatchFileSnapshot(kept('front page'))
  expect(await printed(['help'])).toBe(page)
  expect(await printed(['--help'])).toBe(page)
})

test('the two topics of help are printed', async () => {
  await expect(await printed(['help', 'exit-codes'])).toMatchFileSnapshot(kept('exit codes'))
  await expect(await printed(['help', 'environment'])).toMatchFileSnapshot(kept('environment'))
})

test('the help of each command does not change unnoticed', async () => {
  for (const name of names) {
    const help = await printed([...name.split(' '), '--help'])
    expect(help, `${name} has no examples`).toContain('EXAMPLES')
    expect(help, `${name} does not say its exit codes`).toContain('EXIT CODES')
    await expect(help).toMatchFileSnapshot(kept(`help ${name}`))
  }
})

test('-h is as good as --help', async () => {
  expect(await printed(['backup', '-h'])).toBe(await printed(['backup', '--help']))
})
