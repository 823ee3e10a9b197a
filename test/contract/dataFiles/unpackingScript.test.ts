import { execa } from 'execa'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptPrefix, unpacking } from '../../../src/adapters/dataFiles/scripts.js'

const kept = `${keptPrefix}test`
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-unpacking-'))
  for (const name of ['source', 'data', 'bin']) await mkdir(join(folder, name))
  await writeFile(join(folder, 'source', 'one'), 'content')
})

afterEach(() => rm(folder, { recursive: true }))

/** Runs the script as the container would, with a `sync` that is told what to answer the first time, and then always succeeds. */
async function unpacked(firstAnswer: number) {
  const sync = `#!/bin/sh
[ -e "${folder}/synced" ] && exit 0
: > "${folder}/synced"
exit ${firstAnswer.toString()}
`
  await writeFile(join(folder, 'bin', 'sync'), sync, { mode: 0o755 })
  const [command = '', ...argv] = unpacking(join(folder, 'data'), kept)
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` }
  const script = `tar --create --directory='${join(folder, 'source')}' .`
  const { stdout } = await execa('sh', ['-c', script], { encoding: 'buffer' })
  return execa(command, argv, { env, input: stdout, reject: false })
}

test('unpacks what comes in', async () => {
  expect((await unpacked(0)).exitCode).toBe(0)
  expect(await readFile(join(folder, 'data', kept, 'new', 'one'), 'utf8')).toBe('content')
})

test('fails where the disk failed while it was written to, though it is in order again at the end', async () => {
  expect((await unpacked(1)).exitCode).toBe(1)
})
