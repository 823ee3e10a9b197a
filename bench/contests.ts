import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Measured } from './measure.js'
import { startPeer, type Peer } from './peer.js'
import { rowOf, type Row, type Ways } from './report.js'
import type { Scene } from './scene.js'
import { guideArchive, guideBackup, guideRestore, ops } from './ways.js'

/** Something ops does, held against what would be done by hand, and by the peer. Another row is another entry. */
interface Contest {
  readonly work: string
  readonly guide: (scene: Scene) => Promise<Measured>
  readonly ops: (scene: Scene) => Promise<Measured>
  readonly peer?: (peer: Peer) => Promise<Measured>
  /** Before each way, every time. */
  readonly before?: (scene: Scene) => Promise<unknown>
  /** After each way, every time: throws if the work was not done. */
  readonly after?: (scene: Scene) => Promise<void>
  /** Whether to compare the sizes of the backups. */
  readonly sized?: boolean
}

const backup = {
  guide: guideBackup,
  sized: true,
}

const backupBy = (engine: string): Contest => ({
  ...backup,
  work: `backup, ${engine}`,
  ops: (scene) => ops(scene, 'backup', '--quiet', '--engine', engine),
})

const contests: readonly Contest[] = [
  {
    ...backup,
    work: 'backup',
    ops: (scene) => ops(scene, 'backup', '--quiet'),
    peer: (peer) => peer.backup(),
  },
  ...['sidecar', 'exec', 'host'].map(backupBy),
  {
    work: 'verify --deep (against a backup by hand)',
    guide: guideBackup,
    ops: (scene) => ops(scene, 'backup', 'verify', '--deep', '--quiet'),
  },
  {
    work: 'restore',
    guide: guideRestore,
    ops: (scene) => ops(scene, 'restore', '--quiet', '--confirm', 'medical'),
    peer: (peer) => peer.restore(),
    before: emptied,
    after: holdsAll,
  },
]

/** Runs every contest so many rounds. With `peers`, the peer takes part where it has something to show. */
export async function* contestRows(
  scene: Scene,
  { rounds, peers }: { readonly rounds: number; readonly peers: boolean },
): AsyncGenerator<Row, void, undefined> {
  const peer = peers ? await startPeer(scene) : undefined
  try {
    await peer?.pause()
    for (const contest of contests) {
      process.stderr.write(`${scene.name}: ${contest.work}\n`)
      const runs = await inTurn(scene, contest, rounds, contest.peer && peer)
      const sizes = contest.sized === true ? await sizesOf(scene, contest.peer && peer) : undefined
      yield rowOf({ data: scene.name, work: contest.work }, runs, sizes)
    }
  } finally {
    await peer?.remove()
  }
}

/** The ways in turn, so that a machine that slows down slows all of them. */
async function inTurn(
  scene: Scene,
  { guide, ops: ours, peer: theirs, before, after }: Contest,
  rounds: number,
  peer: Peer | undefined,
): Promise<Ways<Measured[]>> {
  const runs = { guide: [] as Measured[], ops: [] as Measured[], peer: [] as Measured[] }
  const once = async (way: () => Promise<Measured>) => {
    await before?.(scene)
    const run = await way()
    await after?.(scene)
    return run
  }
  for (let round = 0; round < rounds; round++) {
    runs.guide.push(await once(() => guide(scene)))
    runs.ops.push(await once(() => ours(scene)))
    if (!peer || !theirs) continue
    await peer.resume()
    runs.peer.push(await once(() => theirs(peer)))
    await peer.pause()
  }
  return peer ? runs : { guide: runs.guide, ops: runs.ops }
}

/**
 * A backup is taken before: what was written since the one that is restored would be counted, and kept, as what that restore
 * discards. Here that is what the other ways wrote.
 */
async function emptied(scene: Scene): Promise<void> {
  await ops(scene, 'backup', '--quiet')
  await scene.server.client.db('medical_records').dropDatabase()
}

/** A quick way that leaves documents out is no quick way. */
async function holdsAll({ server, documents }: Scene): Promise<void> {
  const patients = server.client.db('medical_records').collection('healthcare_data')
  const found = await patients.countDocuments()
  if (found !== documents)
    throw new Error(`${found.toString()} documents of ${documents.toString()} were restored`)
}

async function sizesOf(scene: Scene, peer: Peer | undefined): Promise<Ways<number>> {
  return {
    guide: (await stat(guideArchive(scene))).size,
    ops: (await stat(join(scene.place.shelf, 'latest.archive.gz'))).size,
    ...(peer ? { peer: await peer.backupBytes() } : {}),
  }
}
