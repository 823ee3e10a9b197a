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
  process.stderr.write(`${scene.name}: backup, data files\n`)
  for (let round = 0; round < rounds; round++) {
    backup.guide.push(await guideBackup(scene))
    backup.ops.push(await ops(scene, 'backup', '--physical', '--quiet', '--lock-limit', '10m'))
  }
  yield rowOf({ data: scene.name, work: 'backup, data files' }, backup)
  const files = await readdir(scene.place.shelf)
  const id = files
    .toSorted()
    .findLast((name) => name.endsWith('.datafiles.tar.gz'))
    ?.replace('.datafiles.tar.gz', '')
  process.stderr.write(`${scene.name}: restore, data files\n`)
  for (let round = 0; round < rounds; round++) {
    restore.guide.push(await guideRestore(scene))
    restore.ops.push(await ops(scene, 'restore', id ?? '', '--quiet', '--confirm', 'medical'))
    await ops(scene, 'restore', '--forget-old', '--quiet', '--confirm', 'medical')
  }
  yield rowOf({ data: scene.name, work: 'restore, data files' }, restore)
}
