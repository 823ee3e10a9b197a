import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { layout } from '../../../src/adapters/shelf/layout.js'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import {
  bringBack,
  eraseFromTrash,
  mover,
  moveToTrash,
  type Mover,
} from '../../../src/adapters/shelf/trash.js'
import { backupFile, plainArchive } from '../../../src/domain/backupFile.js'
import { manifestFor } from '../../fakes/manifest.js'

const bytes = Buffer.from('an archive')
const removal = { at: new Date('2026-11-21T14:00:00.000Z'), command: 'backup prune' }
let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ops-trash-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const shelf = () => folderShelf(root, 'medical')
const names = () => layout(root, 'medical')

async function put(hour: number): Promise<string> {
  const at = new Date(`2026-11-21T${hour.toString().padStart(2, '0')}:00:00.000Z`)
  await shelf().prepare()
  const draft = await shelf().draft(at, false, plainArchive)
  await draft.write(bytes)
  await draft.publish(manifestFor(draft.id, bytes, { takenAt: at.toISOString() }))
  await shelf().lay(`${draft.id}.kit.tar`, Buffer.from('its kit'))
  return draft.id
}

/** A process that is killed before its so-and-so-many-th call. */
class Killed extends Error {}

function killedAfter(calls: number): Mover & { readonly made: () => number } {
  let made = 0
  const call = async (work: () => Promise<void>) => {
    if (made === calls) throw new Killed()
    made += 1
    await work()
  }
  return {
    made: () => made,
    rename: (from, to) => call(() => mover.rename(from, to)),
    remove: (path) => call(() => mover.remove(path)),
  }
}

/** What is called unfinished beforehand is what a sweep finishes, and then nothing is. */
async function sweepWhatIsUnfinished(): Promise<void> {
  const unfinished = await shelf().unfinished()
  const swept = await shelf().sweep()
  expect(swept.map(({ file }) => backupFile(basename(file))?.id)).toEqual(unfinished)
  expect(await shelf().unfinished()).toEqual([])
}

/** Runs work with a kill before its first call, its second, and so on, until one run comes to its end. */
async function killedAnywhere(
  prepare: () => Promise<void>,
  work: (move: Mover) => Promise<unknown>,
  check: () => Promise<void>,
): Promise<number> {
  for (let calls = 0; ; calls++) {
    await rm(root, { recursive: true, force: true })
    await prepare()
    const move = killedAfter(calls)
    const ended = await work(move).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Killed) return false
        throw error
      },
    )
    await check()
    if (ended) return calls
  }
}

/** Every id is on the shelf with all four files that agree, or in the trash, or gone; nothing lies about. */
async function expectWholeOrNone(all: readonly string[]): Promise<void> {
  const { folder, trash } = names()
  const files = await readdir(folder)
  const inTrash = await readdir(trash.folder).catch((): string[] => [])
  const listed = new Set((await shelf().list()).map(({ manifest }) => manifest.id))
  for (const id of all) {
    const four = [`${id}.archive.gz`, `${id}.json`, `${id}.sha256`, `${id}.kit.tar`]
    const here = four.filter((name) => files.includes(name)).length
    const there = four.filter((name) => inTrash.includes(name)).length
    expect([here, there]).toEqual(listed.has(id) ? [4, 0] : [0, there])
    expect([0, 4]).toContain(there)
    if (listed.has(id)) execFileSync('sha256sum', ['-c', `${id}.sha256`], { cwd: folder })
  }
  expect(await readdir(names().quarantine)).toEqual([])
}

describe('a run that is killed', () => {
  let ids: readonly string[] = []
  const prepare = async () => {
    ids = [await put(1), await put(2), await put(3)]
  }

  test('while it moves to the trash: whole or none before the sweep as in lists, and in every file after it', async () => {
    const calls = await killedAnywhere(
      prepare,
      (move) => moveToTrash(names(), ids.slice(1), removal, move),
      async () => {
        const listed = await shelf().list()
        expect(listed.every(({ present }) => present)).toBe(true)
        await sweepWhatIsUnfinished()
        await expectWholeOrNone(ids)
        expect(await shelf().list()).toHaveLength(listed.length)
        const link = await readlink(names().latest(plainArchive))
        expect(link).toBe((await shelf().list())[0]?.manifest.file)
        await shelf().bringBack(ids)
        expect((await shelf().list()).map(({ manifest }) => manifest.id)).toEqual(
          [...ids].reverse(),
        )
      },
    )
    expect(calls).toBe(8)
  })

  test('latest is the newest good one that is left, after each move there and back', async () => {
    await prepare()
    const [first = '', second = '', third = ''] = ids
    await shelf().judge(second, 'damaged', new Date(removal.at), 'a checksum disagrees')
    const latest = () => readlink(names().latest(plainArchive))
    await shelf().remove([third], removal)
    expect(await latest()).toBe(`${first}.archive.gz`)
    await shelf().bringBack([third])
    expect(await latest()).toBe(`${third}.archive.gz`)
    expect((await shelf().trash()).map(({ content }) => content)).toEqual([])
    await shelf().remove([first], removal)
    expect((await shelf().trash()).map(({ content }) => content)).toEqual(['archive'])
  })

  test('while it brings back: whole or none, and bringing back again does', async () => {
    const calls = await killedAnywhere(
      async () => {
        await prepare()
        await shelf().remove(ids.slice(0, 2), removal)
      },
      (move) => bringBack(names(), ids, move),
      async () => {
        await sweepWhatIsUnfinished()
        await expectWholeOrNone(ids)
        await shelf().bringBack(ids)
        expect(await shelf().list()).toHaveLength(3)
        await expectWholeOrNone(ids)
      },
    )
    expect(calls).toBe(8)
  })

  test('while it erases: what was begun is gone after the sweep, the rest is still in the trash', async () => {
    await killedAnywhere(
      async () => {
        await prepare()
        await shelf().remove(ids.slice(0, 2), removal)
      },
      (move) => eraseFromTrash(names(), ids.slice(0, 2), move),
      async () => {
        await sweepWhatIsUnfinished()
        await expectWholeOrNone(ids)
        expect(await shelf().list()).toHaveLength(1)
      },
    )
  })
})

describe('the trash of a folder', () => {
  test('holds the files under their names, and says since when', async () => {
    const id = await put(1)
    await shelf().remove([id], removal)
    expect((await readdir(names().trash.folder)).sort()).toEqual([
      '.removed-20261121T140000Z.json',
      `${id}.archive.gz`,
      `${id}.json`,
      `${id}.kit.tar`,
      `${id}.sha256`,
    ])
    await shelf().bringBack([id])
    expect(await readdir(names().trash.folder)).toEqual([])
  })

  test('keeps what it does not know the age of', async () => {
    const id = await put(1)
    await shelf().remove([id], removal)
    const record = join(names().trash.folder, '.removed-20261121T140000Z.json')
    await writeFile(record, 'rubbish')
    await shelf().sweep()
    expect(await shelf().trash()).toEqual([{ id, bytes: bytes.length, content: 'archive' }])
    expect(await shelf().bringBack([id])).toEqual([id])
    expect(await readFile(record, 'utf8')).toBe('rubbish')
  })

  test('obeys no record that names something else than a backup', async () => {
    const id = await put(1)
    await shelf().remove([id], removal)
    const record = { schema: 1, removedAt: removal.at.toISOString(), command: 'x' }
    await writeFile(
      join(names().trash.folder, '.removed-x.json'),
      JSON.stringify({ ...record, ids: ['../medical', '../../../etc/passwd'] }),
    )
    expect(await shelf().sweep()).toEqual([])
    expect(await shelf().trash()).toHaveLength(1)
  })

  test('puts nothing back over another backup of that name', async () => {
    const id = await put(1)
    await shelf().remove([id], removal)
    const { trash, folder } = names()
    await copyFile(trash.manifest(id), join(folder, `${id}.json`))
    await expect(shelf().bringBack([id])).rejects.toMatchObject({
      code: 'BACKUP_EXISTS',
      exitCode: 6,
    })
  })

  test('finishes the way of a backup whose manifest was judged while it was moved', async () => {
    const id = await put(1)
    const stays = await put(2)
    await shelf().remove([id], removal)
    const { trash, folder } = names()
    const judged = (await readFile(trash.manifest(id), 'utf8')).replace('"sound"', '"damaged"')
    await writeFile(join(folder, `${id}.json`), judged)
    await shelf().sweep()
    expect((await shelf().list()).map(({ manifest }) => manifest.id)).toEqual([stays])
    expect(await readFile(trash.manifest(id), 'utf8')).toBe(judged)
  })

  test('without any backup left there is no link to the newest', async () => {
    const id = await put(1)
    await shelf().remove([id], removal)
    expect((await readdir(names().folder)).filter((name) => name.startsWith('latest'))).toEqual([])
  })
})
