import { readdir } from 'node:fs/promises'
import type { Measured } from './measure.js'
import { rowOf, type Row } from './report.js'
import { guideBackup, guideRestore, type Scene } from './scene.js'

/** How the rows are measured: the guide's commands through a shell, ours, and how often each. */
export interface Measuring {
  readonly pairs: number
  readonly shell: (scene: Scene, command: string) => Promise<Measured>
  readonly ops: (scene: Scene, ...argv: string[]) => Promise<Measured>
}

/**
 * Copies of the data files against the guide's backup and restore, in turn. To be measured last: the container is
 * started anew by each restore, and its published port changes with that.
 */
export async function dataFilesRows(scene: Scene, measuring: Measuring): Promise<Row[]> {
  const { pairs, shell, ops } = measuring
  const backup = { guide: [] as Measured[], ours: [] as Measured[] }
  const restore = { guide: [] as Measured[], ours: [] as Measured[] }
  for (let pair = 0; pair < pairs; pair++) {
    backup.guide.push(await shell(scene, guideBackup(scene)))
    backup.ours.push(await ops(scene, 'backup', '--physical', '--quiet', '--lock-limit', '10m'))
  }
  const files = await readdir(scene.place.shelf)
  const id = files
    .toSorted()
    .findLast((name) => name.endsWith('.datafiles.tar.gz'))
    ?.replace('.datafiles.tar.gz', '')
  for (let pair = 0; pair < pairs; pair++) {
    restore.guide.push(await shell(scene, guideRestore(scene)))
    restore.ours.push(await ops(scene, 'restore', id ?? '', '--quiet', '--confirm', 'medical'))
    await ops(scene, 'restore', '--forget-old', '--quiet', '--confirm', 'medical')
  }
  return [
    rowOf(`backup, ${scene.name}, data files`, backup),
    rowOf(`restore, ${scene.name}, data files`, restore),
  ]
}
