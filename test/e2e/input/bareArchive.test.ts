import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NamespaceContents } from '../../../src/domain/contents.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import { ops } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { jsonErrorOf } from '../../support/failing.js'
import { fillShelf } from '../../support/filledShelf.js'
import { fixture } from '../../unit/archive/feeding.js'

interface Judged {
  readonly backups: readonly {
    readonly id: string | null
    readonly trust: string
    readonly manifest: string | null
    readonly collections: Record<string, { documents: number; bytes: number }>
  }[]
}

/** A host that has a disk with a copy, and nothing of ops. */
let host: { readonly folder: string; readonly state: string }
let disk: string

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ops-bare-'))
  host = { folder, state: join(folder, 'state') }
  disk = join(folder, 'usb/medical')
  await mkdir(disk, { recursive: true })
})
afterEach(() => rm(host.folder, { recursive: true, force: true }))

async function verified(...argv: readonly string[]) {
  const [found] = answerOf<Judged>(await ops(host, ['backup', 'verify', ...argv, '--json'])).result
    .backups
  if (!found) throw new Error('one is judged')
  return found
}

/** The id of a copy on the disk, with the manifest that it was written with. */
async function copied(): Promise<string> {
  const content = fixture('plain.archive.gz')
  const alone = join(host.folder, 'alone.gz')
  await writeFile(alone, content)
  const { collections } = await verified(alone)
  const counted = Object.entries(collections).map(([name, counts]) => {
    const [database = '', collection = ''] = name.split('.')
    const facts = { database, collection, ...counts, type: 'collection', crc: '', indexes: [] }
    return [name, facts as NamespaceContents] as const
  })
  const changes: Partial<Manifest> = {
    collections: Object.fromEntries(counted),
    compression: { format: 'gzip', level: 4, members: [] },
  }
  const [id = ''] = await fillShelf(disk, 1, { content, changes })
  return id
}

describe('an archive on a host without an ops.yaml', () => {
  test('is held against the manifest beside it, and nothing is written there', async () => {
    const id = await copied()
    const manifest = join(disk, `${id}.json`)
    const before = await readFile(manifest, 'utf8')
    expect(await verified(join(disk, `${id}.archive.gz`), '--deep')).toMatchObject({
      id,
      trust: 'sound',
      manifest: 'beside it',
    })
    expect(await readFile(manifest, 'utf8')).toBe(before)
  })

  test('that is another one than its manifest says is damaged', async () => {
    const id = await copied()
    const manifest = join(disk, `${id}.json`)
    const text = await readFile(manifest, 'utf8')
    await writeFile(manifest, text.replace(/"documents": \d+/, '"documents": 123456'))
    const ended = await ops(host, ['backup', 'verify', join(disk, `${id}.archive.gz`), '--json'])
    jsonErrorOf(ended, { exitCode: 12, code: 'BACKUP_DAMAGED' })
  })

  test('without a manifest is read for itself, and that is said', async () => {
    const id = await copied()
    const other = join(host.folder, `${id}.archive.gz`)
    await copyFile(join(disk, `${id}.archive.gz`), other)
    expect(await verified(other)).toMatchObject({ id: null, trust: 'sound', manifest: null })
  })
})

describe('what a host without an ops.yaml cannot know', () => {
  test.each([
    ['which backup is the latest', []],
    ['where a backup with an id lies', ['medical-20261121T010000Z']],
    ['every backup', ['--all']],
  ])('%s', async (_, argv) => {
    const ended = await ops(host, ['backup', 'verify', ...argv, '--json'])
    jsonErrorOf(ended, { exitCode: 2, code: 'CONFIG_NOT_FOUND' })
  })

  test('nor is a configuration replaced that was asked for', async () => {
    const argv = ['backup', 'verify', 'a.gz', '--config', 'nowhere.yaml', '--json']
    jsonErrorOf(await ops(host, argv), { exitCode: 2, code: 'CONFIG_NOT_FOUND' })
    const env = { OPS_CONFIG: 'nowhere.yaml' }
    jsonErrorOf(await ops(host, ['backup', 'verify', 'a.gz', '--json'], { env }), {
      exitCode: 2,
      code: 'CONFIG_NOT_FOUND',
    })
  })
})
