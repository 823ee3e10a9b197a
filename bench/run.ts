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

async function bench(scene: Scene): Promise<Row[]> {
  const { name } = scene
  const nothing = () => Promise.resolve()
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const rows: Row[] = []

  say(`${name}: backup, engine exec`)
  const exec = await inTurn(
    () => shell(scene, guideBackup(scene)),
    () => ops(scene, 'backup', '--quiet', '--engine', 'exec'),
    nothing,
  )
  const sizes = {
    guide: (await stat(join(scene.place.folder, 'guide.gz'))).size,
    ours: (await stat(join(scene.place.shelf, 'latest.archive.gz'))).size,
  }
  rows.push(rowOf(`backup, ${name}, exec`, exec, sizes))
  say(`${name}: backup, engine host`)
  rows.push(
    rowOf(
      `backup, ${name}, host`,
      await inTurn(
        () => shell(scene, guideBackup(scene)),
        () => ops(scene, 'backup', '--quiet', '--engine', 'host'),
        nothing,
      ),
    ),
  )
  say(`${name}: verify`)
  const verified: Measured[] = []
  for (let run = 0; run < pairs; run++)
    verified.push(await ops(scene, 'backup', 'verify', '--deep', '--quiet'))
  rows.push(
    rowOf(`verify --deep, ${name} (against the guide's backup)`, {
      guide: exec.guide,
      ours: verified,
    }),
  )
  say(`${name}: restore into an empty server`)
  rows.push(
    rowOf(
      `restore, ${name}`,
      await inTurn(
        () => shell(scene, guideRestore(scene)),
        () => ops(scene, 'restore', '--quiet', '--confirm', 'medical'),
        () => emptied(scene),
      ),
    ),
  )
  say(`${name}: data files`)
  rows.push(...(await dataFilesRows(scene, { pairs, shell, ops })))
  return rows
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
