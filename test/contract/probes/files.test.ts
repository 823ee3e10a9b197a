import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calm, realProbes } from './machine.js'

let folder: string
const noon = new Date('2026-11-21T12:00:00.000Z')
const later = new Date('2026-11-21T13:00:00.000Z')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-fresh-'))
  await mkdir(join(folder, 'out/a/b'), { recursive: true })
  await mkdir(join(folder, 'out/folder.csv'))
  await mkdir(join(folder, 'out/.hidden'))
  await mkdir(join(folder, 'elsewhere'))
  const write = async (path: string, at: Date) => {
    await writeFile(join(folder, path), 'x')
    await utimes(join(folder, path), at, at)
  }
  await write('out/one.csv', noon)
  await write('out/a/two.csv', noon)
  await write('out/a/b/three.csv', noon)
  await write('out/a/b/four.txt', later)
  await write('out/.five.csv', later)
  await write('out/.hidden/six.csv', later)
  await write('elsewhere/seven.csv', later)
  await symlink('../elsewhere', join(folder, 'out/link'))
  await symlink('../elsewhere/seven.csv', join(folder, 'out/link.csv'))
  await symlink('out', join(folder, 'current'))
})
afterAll(() => rm(folder, { recursive: true }))

const newest = (glob: string) =>
  realProbes().freshness({ kind: 'files', glob: join(folder, glob) }, calm)

describe('the newest file', () => {
  test.each([
    ['out/*.csv', 1],
    ['out/**/*.csv', 3],
    ['out/**/**/*.csv', 3],
    ['out/*/*.csv', 1],
    ['out/a/**/t*.csv', 2],
    ['current/*.csv', 1],
    ['out/?ne.csv', 1],
    ['out/one.csv', 1],
  ])('of %s is none that is hidden, a folder, or lies behind a link', async (glob, found) => {
    expect(await newest(glob)).toEqual({ found, newest: noon.toISOString(), unseen: 0 })
  })

  test('of everything below is the newest of all', async () => {
    expect(await newest('out/**')).toEqual({ found: 4, newest: later.toISOString(), unseen: 0 })
    expect(await newest('out/.*.csv')).toMatchObject({ found: 1, newest: later.toISOString() })
  })

  test.each(['nowhere/*.csv', 'nowhere', 'out/*.json', 'out/folder.csv', 'out/one.csv/*'])(
    'of %s is none',
    async (glob) => {
      expect(await newest(glob)).toEqual({ found: 0, newest: null, unseen: 0 })
    },
  )

  test('is not known where a folder cannot be looked into', async () => {
    expect(await newest(`${'x'.repeat(300)}/*.csv`)).toMatchObject({ found: 0, unseen: 1 })
    await expect(newest('x'.repeat(300))).rejects.toMatchObject({ code: 'PATH_UNSEEN' })
  })
})
