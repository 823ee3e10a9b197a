import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderPlace } from '../../../src/adapters/copies/folderPlace.js'
import type { CopyPlace } from '../../../src/ports/copies.js'
import { manifestFor } from '../../fakes/manifest.js'

const id = 'medical-20261121T130204Z'
const bytes = Buffer.from('an archive')
const manifest = manifestFor(id, bytes)
const { signal } = new AbortController()
/** What no process of this machine has for a number. */
const gone = '999999999-1.partial'
const leftBehind = [
  ...[`${id}.json`, `${id}.sha256`, `${id}.kit.tar`, `${id}.removing`, 'RESTORE.md'].map(
    (name) => `${name}.${gone}`,
  ),
  `${id}.archive.gz.${gone}`,
  `${id}.archive.gz.partial`,
]
const living = `${id}.json.${process.ppid.toString()}-1.partial`
/** A machine that shares the place: whether its processes live is not known here. */
const elsewhere = (age: string) => `${id}.archive.gz.999999999-${age}@elsewhere.partial`
const [young, old] = [elsewhere('1'), elsewhere('2')]
const others = ['notes.txt', `notes.txt.${gone}`, 'somebody.partial']
let folder = ''
let place: CopyPlace

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-copies-'))
  place = folderPlace(
    { name: 'usb', type: 'directory', path: folder, requireMount: false },
    join(folder, 'shelf'),
  )
  await bring()
  for (const name of [...leftBehind, living, young, old, ...others])
    await writeFile(join(folder, 'medical', name), 'half')
  const yesterday = Date.now() / 1000 - 25 * 3600
  await utimes(join(folder, 'medical', old), yesterday, yesterday)
  for (const name of [`RESTORE.md.${gone}`, `notes.txt.${gone}`])
    await writeFile(join(folder, name), 'half')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const bring = () =>
  place.put(
    {
      manifest,
      async *read() {
        yield await Promise.resolve(bytes)
      },
    },
    { signal, progress: () => undefined },
  )

test('looking at slices and images removes nothing; the next slice takes what a killed run left half written', async () => {
  const half = join(folder, 'medical', 'oplog', `one.oplog.gz.${gone}`)
  await mkdir(dirname(half))
  await writeFile(half, 'half')
  expect((await place.slices('medical', signal)).size).toBe(0)
  expect((await place.images(signal)).size).toBe(0)
  expect(await readdir(dirname(half))).toEqual([`one.oplog.gz.${gone}`])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { target: 'medical', name: 'two.oplog.gz', bytes: bytes.length, sha256 }
  const read = async function* () {
    yield await Promise.resolve(bytes)
  }
  await place.bringSlice({ ...file, read }, { signal, progress: () => undefined })
  expect(await readdir(dirname(half))).toEqual(['two.oplog.gz'])
})

test.each<[string, () => Promise<unknown>]>([
  ['the next copy', bring],
  ['a sweep', () => place.sweep('medical', signal)],
])('what a killed run left half written goes with %s, and nothing else', async (_, run) => {
  await run()
  const whole = [`${id}.archive.gz`, `${id}.json`, `${id}.sha256`]
  expect((await readdir(join(folder, 'medical'))).sort()).toEqual(
    [...whole, living, young, ...others].sort(),
  )
  expect((await readdir(folder)).sort()).toEqual(['medical', `notes.txt.${gone}`])
})
