import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataFilesRows } from './dataFiles.js'
import { measure, type Measured } from './measure.js'
import { rowOf, table, type Row } from './report.js'
import { guideBackup, guideRestore, makeScene, type Scene } from './scene.js'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3' },
    documents: { type: 'string', default: '3000000' },
    'small-only': { type: 'boolean', default: false },
  },
})
const pairs = Number(values.pairs)

const environment = (scene: Scene) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/root',
  OPS_STATE: scene.place.state,
})

const shell = (scene: Scene, command: string) =>
  measure('sh', ['-c', command], { cwd: scene.place.folder, env: environment(scene) })

const ops = (scene: Scene, ...argv: string[]) =>
  measure(process.execPath, [join(root, 'bin/run.js'), ...argv], {
    cwd: scene.place.folder,
    env: environment(scene),
  })

const emptied = (scene: Scene) => scene.server.client.db('medical_records').dropDatabase()

/** The two ways in turn, so that a machine that slows down slows both. */
async function inTurn(
  guide: () => Promise<Measured>,
  ours: () => Promise<Measured>,
  between: () => Promise<unknown>,
): Promise<{ guide: Measured[]; ours: Measured[] }> {
  const figures = { guide: [] as Measured[], ours: [] as Measured[] }
  for (let pair = 0; pair < pairs; pair++) {
    await between()
    figures.guide.push(await guide())
    await between()
    figures.ours.push(await ours())
  }
  return figures
}

/** Something ops does, held against what would be done by hand. Another row is another entry. */
interface Contest {
  readonly work: string
  readonly guide: (scene: Scene) => Promise<Measured>
  readonly ours: (scene: Scene) => Promise<Measured>
  /** Before each way, every time. */
  readonly before?: (scene: Scene) => Promise<unknown>
  /** Whether to compare the sizes of the two archives. */
  readonly sized?: boolean
}

const backedUp = (engine: string): Contest => ({
  work: `backup, ${engine}`,
  guide: (scene) => shell(scene, guideBackup(scene)),
  ours: (scene) => ops(scene, 'backup', '--quiet', '--engine', engine),
  sized: engine === 'sidecar',
})

const contests: readonly Contest[] = [
  ...['sidecar', 'exec', 'host', 'auto'].map(backedUp),
  {
    work: 'verify --deep (against a backup by hand)',
    guide: (scene) => shell(scene, guideBackup(scene)),
    ours: (scene) => ops(scene, 'backup', 'verify', '--deep', '--quiet'),
  },
  {
    work: 'restore into an empty server',
    guide: (scene) => shell(scene, guideRestore(scene)),
    ours: (scene) => ops(scene, 'restore', '--quiet', '--confirm', 'medical'),
    before: emptied,
  },
]

async function bench(scene: Scene): Promise<Row[]> {
  const rows: Row[] = []
  for (const { work, guide, ours, before, sized } of contests) {
    process.stderr.write(`${scene.name}: ${work}\n`)
    const figures = await inTurn(
      () => guide(scene),
      () => ours(scene),
      () => before?.(scene) ?? Promise.resolve(),
    )
    const sizes = sized === true ? await sizesOf(scene) : undefined
    rows.push(rowOf(`${scene.name}: ${work}`, figures, sizes))
  }
  process.stderr.write(`${scene.name}: data files\n`)
  rows.push(...(await dataFilesRows(scene, { pairs, shell, ops })))
  return rows
}

async function sizesOf({ place }: Scene): Promise<{ guide: number; ours: number }> {
  const size = async (path: string) => (await stat(path)).size
  return {
    guide: await size(join(place.folder, 'guide.gz')),
    ours: await size(join(place.shelf, 'latest.archive.gz')),
  }
}

const plans: readonly (readonly [string, number])[] = values['small-only']
  ? [['small', 0]]
  : [
      ['small', 0],
      ['large', Number(values.documents)],
    ]
const rows: Row[] = []
const data: string[] = []
for (const [name, documents] of plans) {
  process.stderr.write(`${name}: loading\n`)
  const scene = await makeScene(name, documents)
  try {
    const stats = await scene.server.client.db('medical_records').stats()
    data.push(
      `*${name}*: ${scene.documents.toLocaleString('en')} documents, ${Math.round(Number(stats['dataSize']) / 1e6).toString()} MB of BSON, ${String(stats['indexes'])} indexes`,
    )
    rows.push(...(await bench(scene)))
  } finally {
    await scene.remove()
  }
}

const machine = `${cpus().length.toString()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30).toString()} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`
const text = `${table(rows)}\n\nData: ${data.join('; ')}.\nMachine: ${machine}. Medians of ${pairs.toString()} pairs, the two ways in turn.\n`
process.stdout.write(`${text}\n`)
await writeFile(
  join(import.meta.dirname, 'results.json'),
  `${JSON.stringify({ machine, data, pairs, rows }, undefined, 1)}\n`,
)
await intoPage(text)

/** Puts the table between the marks of the page, so that the figures there are the ones measured. */
async function intoPage(figures: string): Promise<void> {
  const page = join(root, 'docs/performance.md')
  const before = await readFile(page, 'utf8')
  const after = before.replace(
    /(<!-- figures -->\n)[^]*(<!-- end of figures -->)/,
    `$1\n${figures}\n$2`,
  )
  await rm(page)
  await writeFile(page, after)
}
