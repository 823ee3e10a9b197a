import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderKeptWrites } from '../../../src/adapters/keptWrites/keptWrites.js'
import type { KeptWritesManifest } from '../../../src/domain/keptWrites.js'
import type { KeptWrites } from '../../../src/ports/keptWrites.js'
import { FakeKeptWrites } from '../../fakes/keptWrites.js'

let shelf: string

beforeEach(async () => {
  shelf = await mkdtemp(join(tmpdir(), 'ops-kept-'))
})

afterEach(() => rm(shelf, { recursive: true, force: true }))

const kinds = [
  ['a folder', () => folderKeptWrites(shelf, 'medical')],
  ['the fake', (): KeptWrites => new FakeKeptWrites()],
] as const

const first = 'medical-20261122T181500Z-x7k2'
const second = 'medical-20261122T191500Z-x7k3'

function manifestOf(id: string, takenAt: string): KeptWritesManifest {
  return {
    version: 1,
    ...{ id, target: 'medical', file: `${id}.writes.gz`, bytes: 5, sha256: 'f00d' },
    ...{ rawBytes: 9, entries: 1, operations: 1, namespaces: {}, lacks: [], among: [] },
    ...{ since: { seconds: 1, ordinal: 1 }, until: { seconds: 2, ordinal: 1 }, exact: true },
    ...{ replaced: { databases: ['ward'] }, encrypted: false, takenAt },
    ...{ host: 'db01', opsVersion: '0.1.0' },
  }
}

async function put(kept: KeptWrites, id: string, takenAt = '2026-11-22T18:15:00Z') {
  const draft = await kept.draft(id)
  await draft.write(Buffer.from('wri'))
  await draft.write(Buffer.from('te'))
  await draft.publish(manifestOf(id, takenAt))
  await draft.discard()
}

async function textOf(kept: KeptWrites, id: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of kept.read({ file: `${id}.writes.gz` })) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe.each(kinds)('kept writes in %s', (_name, open) => {
  test('are there once they are published, oldest first, and gone when they are erased', async () => {
    const kept = open()
    expect(await kept.holdings()).toEqual({ kept: [], unreadable: [] })
    await put(kept, first)
    await put(kept, second, '2026-11-22T19:15:00Z')
    const { kept: held } = await kept.holdings()
    expect(held).toEqual([
      manifestOf(first, '2026-11-22T18:15:00Z'),
      manifestOf(second, '2026-11-22T19:15:00Z'),
    ])
    expect(await textOf(kept, first)).toBe('write')
    await kept.erase(manifestOf(first, ''))
    expect((await kept.holdings()).kept.map(({ id }) => id)).toEqual([second])
    await expect(textOf(kept, first)).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
  })

  test('are not there before they are published', async () => {
    const kept = open()
    const draft = await kept.draft(first)
    await draft.write(Buffer.from('half'))
    expect((await kept.holdings()).kept).toEqual([])
    await draft.discard()
    expect((await kept.holdings()).kept).toEqual([])
  })
})

test('files and folder are for their owner alone', async () => {
  const kept = folderKeptWrites(shelf, 'medical')
  await put(kept, first)
  for (const name of await readdir(kept.folder))
    expect((await stat(join(kept.folder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(kept.folder)).mode & 0o777).toBe(0o700)
})

test('a file without its paper goes with the next one, and a paper that cannot be read is named', async () => {
  const kept = folderKeptWrites(shelf, 'medical')
  await put(kept, first)
  await writeFile(join(kept.folder, `${second}.writes.gz`), 'cut off')
  await writeFile(join(kept.folder, 'medical-20261122T201500Z-x7k4.json'), '{"version":1}')
  await put(kept, 'medical-20261122T211500Z-x7k5')
  const { kept: held, unreadable } = await kept.holdings()
  expect(held).toHaveLength(2)
  expect(unreadable.map(({ reason }) => reason)).toEqual(['it is not that of this file'])
  expect(await readdir(kept.folder)).not.toContain(`${second}.writes.gz`)
})
