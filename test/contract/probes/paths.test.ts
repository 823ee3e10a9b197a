import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answeringPaths } from '../../../src/adapters/probes/answeringPaths.js'
import { calm, overAfter, realProbes } from './machine.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-paths-'))
  await mkdir(join(folder, 'here'))
  await writeFile(join(folder, 'file'), 'x')
  await symlink('/proc', join(folder, 'link'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a path', () => {
  test.each(['here', 'file', 'nowhere', 'link', 'file/below'])('answers: %s', async (name) => {
    await answeringPaths().require(join(folder, name), calm)
    await answeringPaths().requireBelow(join(folder, name), calm)
  })

  test('below which something is mounted answers with all of it', async () => {
    const log = join(folder, 'asked')
    await answeringPaths(`echo "$1" >> ${log}`).requireBelow('/', calm)
    const asked = (await readFile(log, 'utf8')).trim().split('\n')
    expect(asked).toEqual(expect.arrayContaining(['/', '/proc']))
  })

  test('that does not answer is left when the time is up', async () => {
    const paths = answeringPaths('exec sleep 30')
    const silent = { code: 'PATH_SILENT', kind: 'environment' }
    await expect(paths.require('/mnt/gone', overAfter(100))).rejects.toMatchObject(silent)
  })

  test('that does not answer takes nothing from others', async () => {
    const paths = answeringPaths('test "$1" = /mnt/gone && exec sleep 30; exit 0')
    const gone = paths.require('/mnt/gone', overAfter(300))
    const began = performance.now()
    for (let index = 0; index < 6; index++) await paths.require(folder, calm)
    expect(performance.now() - began).toBeLessThan(300)
    await expect(gone).rejects.toMatchObject({ code: 'PATH_SILENT' })
  })
})

test('a path that does not answer is asked once, however often and by whom it is looked at', async () => {
  const path = join(folder, 'here')
  const disk = (signal: AbortSignal) => realProbes().disk({ path, requireMount: false }, signal)
  const over = new AbortController()
  const first = disk(over.signal)
  over.abort(new Error('it is late'))
  // Its child is there still: the next round of a watch begins no other.
  const second = disk(calm)
  const silent = { code: 'PATH_SILENT' }
  await Promise.all([first, second].map((one) => expect(one).rejects.toMatchObject(silent)))
  await expect.poll(() => disk(calm)).toHaveProperty('totalBytes')
})

describe('a disk that has to be mounted', () => {
  const disk = (path: string, requireMount = true) =>
    realProbes().disk({ path, requireMount }, calm)

  test('is looked at where it is', async () => {
    expect(await disk('/')).toMatchObject({ mounted: true })
    expect(await disk('/proc')).toMatchObject({ mounted: true })
  })

  test('is told from the folder that waits for it, and from one that went with it', async () => {
    expect(await disk(join(folder, 'here'))).toEqual({ mounted: false })
    expect(await disk(join(folder, 'nowhere'))).toEqual({ mounted: false })
    expect(await disk(join(folder, 'here'), false)).toHaveProperty('totalBytes')
    await expect(disk(join(folder, 'nowhere'), false)).rejects.toMatchObject({
      code: 'PATH_UNSEEN',
    })
  })
})
