import { readdir } from 'node:fs/promises'
import type { Measured } from './measure.js'
import { rowOf, type Row } from './report.js'
import type { Scene } from './scene.js'
import { guideBackup, guideRestore, ops } from './ways.js'

/**
 * Copies of the data files against the guide's backup and restore, in turn, on a scene of their own: the container is started
 * anew by each restore, and its published port changes with that.
 */
export async function* dataFilesRows(
  scene: Scene,
  rounds: number,
): AsyncGenerator<Row, void, undefined> {
  const backup = { guide: [] as Measured[], ops: [] as Measured[] }
  const restore = { guide: [] as Measured[], ops: [] as Measured[] }
  const copy = () => ops(scene, 'backup', '--physical', '--quiet', '--lock-limit', '10m')
  process.stderr.write(`${scene.name}: backup, data files\n`)
  for (let round = 0; round < rounds; round++) {
    backup.guide.push(await guideBackup(scene))
    backup.ops.push(await copy())
  }
  yield rowOf({ data: scene.name, work: 'backup, data files' }, backup)
  process.stderr.write(`${scene.name}: restore, data files\n`)
  for (let round = 0; round < rounds; round++) {
    restore.guide.push(await guideRestore(scene))
    // What the other way wrote would be counted, and kept, as what this restore discards.
    await copy()
    const id = await newestCopy(scene)
    restore.ops.push(await ops(scene, 'restore', id, '--quiet', '--confirm', 'medical'))
    await ops(scene, 'restore', '--forget-old', '--quiet', '--confirm', 'medical')
  }
  yield rowOf({ data: scene.name, work: 'restore, data files' }, restore)
}

async function newestCopy({ place }: Scene): Promise<string> {
  const ending = '.datafiles.tar.gz'
  const files = await readdir(place.shelf)
  const newest = files.toSorted().findLast((name) => name.endsWith(ending))
  if (newest === undefined) throw new Error('there is no copy of the data files')
  return newest.slice(0, -ending.length)
}
