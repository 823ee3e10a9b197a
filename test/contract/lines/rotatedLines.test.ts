import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { rotatedLines } from '../../../src/adapters/lines/rotatedLines.js'
import { fileLocks } from '../../../src/adapters/state/locks.js'
import type { Lines } from '../../../src/ports/lines.js'
import { fakeLines } from '../../fakes/lines.js'

const around = { clock: machineClock, host: machineHost('0.1.0') }
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-lines-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const inFiles = (fileBytes = 1_000_000, older = 2, below = folder) =>
  rotatedLines(below, 'notes', { fileBytes, older }, around)

describe.each<[string, () => Lines]>([
  ['in memory', () => fakeLines()],
  ['in files', () => inFiles()],
])('lines %s', (_name, make) => {
  test('are nothing before the first one', async () => {
    expect(await make().read()).toBe('')
  })

  test('come back in their order, and of the newest whole lines only', async () => {
    const lines = make()
    await lines.add('one\n')
    await lines.add('two\nthree\n')
    expect(await lines.read()).toBe('one\ntwo\nthree\n')
    expect(await lines.read(8)).toBe('three\n')
    expect(await lines.read(0)).toBe('')
  })
})

test('the folder is made, and only its owner may read the file', async () => {
  const deep = join(folder, 'a/b')
  await inFiles(1_000, 1, deep).add('x\n')
  expect((await stat(join(deep, 'notes'))).mode & 0o777).toBe(0o600)
  expect((await stat(deep)).mode & 0o777).toBe(0o700)
})

describe('a file that is full', () => {
  test('is put aside, so many of them, and the oldest goes', async () => {
    const lines = inFiles(30)
    for (let at = 10; at < 30; at += 1) await lines.add(`line ${at.toString()}\n`)
    const names = (await readdir(folder)).filter((name) => name !== 'locks').toSorted()
    expect(names).toEqual(['notes.1', 'notes.2'])
    expect(await lines.read()).toBe(
      Array.from({ length: 8 }, (_, at) => `line ${(at + 22).toString()}\n`).join(''),
    )
    expect((await stat(join(folder, 'notes.2'))).size).toBe(32)
  })

  test('is left to another run that is putting it aside, and nobody waits', async () => {
    const held = await fileLocks(folder, machineClock, around.host).take('notes', 'another')
    const lines = inFiles(20)
    for (let at = 0; at < 3; at += 1) await lines.add('0123456789\n')
    expect(await lines.read()).toBe('0123456789\n'.repeat(3))
    expect(await readdir(folder)).not.toContain('notes.1')
    await held.release()
    await lines.add('0123456789\n')
    expect(await readdir(folder)).toContain('notes.1')
  })

  test('takes no more where it can never be put aside', async () => {
    await fileLocks(folder, machineClock, around.host).take('notes', 'another')
    const lines = inFiles(20)
    const adding = async () => {
      for (let at = 0; at < 9; at += 1) await lines.add('0123456789\n')
    }
    await expect(adding()).rejects.toThrow('is full')
    expect((await stat(join(folder, 'notes'))).size).toBeLessThan(60)
  })
})

test('half a line, of a power cut or a full disk, is not continued by the next one', async () => {
  await writeFile(join(folder, 'notes'), 'whole\nhal')
  const lines = inFiles()
  expect(await lines.read()).toBe('whole\n')
  await lines.add('next\n')
  expect(await lines.read()).toBe('whole\nhal\nnext\n')
})

test('nothing is written through a name that leads elsewhere, nor into what is no file', async () => {
  const elsewhere = join(folder, 'elsewhere')
  await writeFile(elsewhere, '')
  await symlink(elsewhere, join(folder, 'notes'))
  await expect(inFiles().add('x\n')).rejects.toThrow('ELOOP')
  await rm(join(folder, 'notes'))
  await execa('mkfifo', [join(folder, 'notes')])
  await expect(inFiles().add('x\n')).rejects.toThrow('is no file')
  expect(await readFile(elsewhere, 'utf8')).toBe('')
})

test('a disk that is full says so, and what is there stays readable', async () => {
  const disk = join(folder, 'disk')
  await execa('mkdir', [disk])
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', disk])
  try {
    const lines = inFiles(10_000_000, 1, disk)
    const line = `${'x'.repeat(999)}\n`
    const filling = async () => {
      for (let at = 0; at < 100; at += 1) await lines.add(line)
    }
    await expect(filling()).rejects.toThrow(/ENOSPC|takes no more/)
    const kept = (await lines.read()).split('\n').slice(0, -1)
    expect(kept.length).toBeGreaterThan(50)
    expect(kept.every((one) => one === line.trim())).toBe(true)
  } finally {
    await execa('umount', [disk])
  }
})

test('two runs at once lose no line and mix none, also while files are put aside', async () => {
  const script = (name: string) => `
    import { rotatedLines } from ${JSON.stringify(join(import.meta.dirname, '../../../src/adapters/lines/rotatedLines.ts'))}
    import { machineClock } from ${JSON.stringify(join(import.meta.dirname, '../../../src/adapters/host/clock.ts'))}
    import { machineHost } from ${JSON.stringify(join(import.meta.dirname, '../../../src/adapters/host/host.ts'))}
    const lines = rotatedLines(process.argv[1], 'notes', { fileBytes: 20000, older: 50 }, { clock: machineClock, host: machineHost('0.1.0') })
    for (let at = 0; at < 400; at += 1) await lines.add('${name} ' + String(at).padStart(4, '0') + ' ${name.repeat(90)}\\n')`
  const run = (name: string) =>
    execa('node', ['--import', 'tsx', '--input-type=module', '-e', script(name), folder], {
      cwd: join(import.meta.dirname, '../../..'),
    })
  await Promise.all([run('a'), run('b')])
  const kept = (await inFiles(20_000, 50).read()).split('\n').slice(0, -1)
  for (const name of ['a', 'b']) {
    const own = kept.filter((line) => line.startsWith(name))
    expect(own.every((line) => line === `${name} ${line.slice(2, 6)} ${name.repeat(90)}`)).toBe(
      true,
    )
    expect(own.map((line) => Number(line.slice(2, 6))).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: 400 }, (_, at) => at),
    )
  }
  expect((await readdir(folder)).length).toBeGreaterThan(3)
})

test('what was put aside while it is read is not read twice', async () => {
  const lines = inFiles(1_000)
  await lines.add('one\n')
  await appendFile(join(folder, 'notes.1'), 'zero\n')
  expect(await lines.read()).toBe('zero\none\n')
})
