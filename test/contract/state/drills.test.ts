import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeReportFile } from '../../../src/adapters/host/reportFile.js'
import { folderPlace } from '../../../src/adapters/copies/folderPlace.js'
import type { DirectoryPlace } from '../../../src/domain/copyPlace.js'
import { makeDrillFolder, sweepDrillFolders } from '../../../src/adapters/state/drillFolder.js'
import { fileDrills } from '../../../src/adapters/state/drills.js'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import type { Drills } from '../../../src/ports/drills.js'
import { fakeDrills } from '../../fakes/drills.js'
import { manifestFor } from '../../fakes/manifest.js'
import { drillOf } from '../../unit/drill/drillOf.js'

const { signal } = new AbortController()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-drills-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe.each<[string, () => Drills]>([
  ['in memory', () => fakeDrills()],
  ['in files', () => fileDrills(folder)],
])('drills %s', (_name, make) => {
  test('are read back as they were written, newest first', async () => {
    const drills = make()
    expect(await drills.list()).toEqual([])
    const [old, recent] = [
      drillOf({ id: '1', startedAt: '2026-11-01T00:00:00Z' }),
      drillOf({ id: '2', startedAt: '2026-11-02T00:00:00Z' }),
    ]
    await drills.save(old)
    expect(await drills.save(recent)).toMatch(/\/2\.json$/)
    expect(await drills.list()).toEqual([recent, old])
  })
})

test('a file that is no drill hides none of the others', async () => {
  const drills = fileDrills(folder)
  const file = await drills.save(drillOf())
  await writeFile(join(file, '../torn.json'), '{"schema": 1, "id"')
  await writeFile(join(file, '../other.json'), '{"schema": 1, "id": 7}')
  expect(await drills.list()).toEqual([drillOf()])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a folder where none can be is an environment that is not as it should be', async () => {
  await writeFile(join(folder, 'drills'), 'a file')
  await expect(fileDrills(folder).save(drillOf())).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
  })
})

describe('the folder of a drill', () => {
  const bytes = Buffer.from('an archive')
  const id = 'medical-20261121T130204Z'

  async function lent() {
    const real = join(folder, 'real/medical')
    await mkdir(real, { recursive: true })
    const manifest = manifestFor(id, bytes)
    const path = join(real, manifest.file)
    await writeFile(path, bytes)
    const its = await makeDrillFolder(join(folder, 'state'), 'one', process.pid)
    await its.lend('medical', { manifest, path, present: true }, signal)
    return { its, path }
  }

  test('holds a backup that was lent as a shelf does, without a copy of its bytes', async () => {
    const { its, path } = await lent()
    const [entry] = await folderShelf(its.shelf, 'medical').list()
    expect(entry).toMatchObject({ present: true, manifest: { id, trust: 'sound' } })
    expect((await stat(entry?.path ?? '')).ino).toBe((await stat(path)).ino)
  })

  test.each([true, false])(
    'has a place that a backup with its kit lies at, which stays when all else goes (kit: %s)',
    async (withKit) => {
      const { its, path } = await lent()
      const kit = { file: `${id}.kit.tar`, bytes: 3, sha256: 'f00d', holds: [], leftOut: [] }
      const manifest = { ...manifestFor(id, bytes), kit }
      if (withKit) await writeFile(join(path, `../${kit.file}`), 'kit')
      await its.copyAway('medical', { manifest, path, present: true }, signal)
      await its.empty()
      await expect(readdir(its.shelf)).rejects.toMatchObject({ code: 'ENOENT' })
      const settings = { name: 'drill', type: 'directory', path: its.place, requireMount: false }
      const place = folderPlace(settings as DirectoryPlace, its.shelf)
      const { entries } = await place.list('medical', signal)
      expect(entries).toMatchObject([{ present: true, manifest: { id } }])
      expect(await place.kit(manifest, signal)).toEqual(withKit ? Buffer.from('kit') : undefined)
    },
  )

  test('goes, and what was lent stays where it came from', async () => {
    const { its, path } = await lent()
    await its.remove()
    expect(await readdir(join(folder, 'state/drills'))).toEqual([])
    expect(await readFile(path)).toEqual(bytes)
  })

  test('is swept once its process is gone, not before', async () => {
    const { its } = await lent()
    expect(await sweepDrillFolders(join(folder, 'state'))).toEqual([])
    await writeFile(join(its.path, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1 }))
    expect(await sweepDrillFolders(join(folder, 'state'))).toEqual([its.path])
    expect(await sweepDrillFolders(join(folder, 'nowhere'))).toEqual([])
  })
})

test('a report goes where it was asked for, whole, or says why it cannot', async () => {
  const path = join(folder, 'drill.md')
  await writeReportFile(path, '# one')
  await writeReportFile(path, '# two')
  expect(await readFile(path, 'utf8')).toBe('# two')
  await expect(writeReportFile(join(folder, 'no/where.md'), '#')).rejects.toMatchObject({
    kind: 'environment',
    code: 'REPORT_UNWRITABLE',
  })
})
