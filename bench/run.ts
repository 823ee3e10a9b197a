import { readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { contestRows } from './contests.js'
import { dataFilesRows } from './dataFiles.js'
import { healthRows } from './health.js'
import { needPeer, peerName } from './peer.js'
import { replayRows } from './replay.js'
import { table, type Row } from './report.js'
import { makeScene, type Scene } from './scene.js'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3' },
    documents: { type: 'string', default: '3000000' },
    'small-only': { type: 'boolean', default: false },
    'replay-only': { type: 'boolean', default: false },
    'health-only': { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.pairs)
const { peers } = values
if (peers) needPeer()

const small = ['small', 0] as const
const plans: readonly (readonly [string, number])[] =
  values['replay-only'] || values['health-only']
    ? []
    : values['small-only']
      ? [small]
      : [small, ['large', Number(values.documents)]]
const rows: Row[] = []
const data: string[] = []
try {
  for (const [name, documents] of plans) {
    await onScene(name, documents, (scene) => contestRows(scene, { rounds, peers }))
    // Loaded anew: what was restored over and over lies in the oplog, and in files that are not removed yet.
    const described = await onScene(name, documents, (scene) => dataFilesRows(scene, rounds))
    data.push(described)
  }
  for await (const row of healthRows(rounds)) rows.push(row)
  if (!values['health-only']) await onScene('small', 0, (scene) => replayRows(scene, rounds))
} catch (error) {
  // Of a long run that fails, what was measured is shown. It is not written: the page holds whole runs.
  process.stdout.write(`${table(rows, peerName)}\n`)
  throw error
}

const machine = `${cpus().length.toString()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30).toString()} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`
const text = `${table(rows, peerName)}\n\nData: ${data.join('; ')}.\nMachine: ${machine}. Medians of ${rounds.toString()} rounds, the ways in turn.\n`
process.stdout.write(`${text}\n`)
// The page holds all figures of one run, or none of it.
if (plans.length > 0) await keep(text)

async function keep(figures: string): Promise<void> {
  const results = { machine, data, pairs: rounds, ...(peers ? { peer: peerName } : {}), rows }
  await writeFile(
    join(import.meta.dirname, 'results.json'),
    `${JSON.stringify(results, undefined, 1)}\n`,
  )
  await intoPage(figures)
}

/** Measures on a server of its own; says what was on it. */
async function onScene(
  name: string,
  documents: number,
  measured: (scene: Scene) => AsyncIterable<Row>,
): Promise<string> {
  process.stderr.write(`${name}: loading\n`)
  const scene = await makeScene(name, documents)
  try {
    const stats = await scene.server.client.db('medical_records').stats()
    for await (const row of measured(scene)) rows.push(row)
    return `*${name}*: ${scene.documents.toLocaleString('en')} documents, ${Math.round(Number(stats['dataSize']) / 1e6).toString()} MB of BSON, ${String(stats['indexes'])} indexes`
  } finally {
    await scene.remove()
  }
}

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
