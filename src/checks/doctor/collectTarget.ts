import { archivesFirst } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { SecretReference } from '../../domain/secret.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { Keys } from '../../ports/keys.js'
import type { Machine } from '../../ports/machine.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import { collectContainer } from './collectContainer.js'
import { collectSecurity } from './collectSecurity.js'
import { collectServer } from './collectServer.js'
import type {
  BackupSeen,
  CatalogFacts,
  CutOff,
  KeptFiles,
  LockFacts,
  Looked,
  TargetEvidence,
  ToolFacts,
} from './evidence.js'
import { lastTestOf } from './lastTest.js'
import { look, type Watch } from './look.js'
import { lookAtFile } from './lookAtFile.js'
import type { Configured, Patient } from './patient.js'
import { quoted } from '../../domain/quoted.js'

/** Seconds for each kind of look. The tools are started four times, in a container that may be busy. */
const patience = { tools: 20, shelf: 10, state: 6, keys: 15 }

/** Looks at everything that belongs to one target. */
export async function collectTarget(
  target: Target,
  project: Promise<Looked<ComposeProject>> | undefined,
  configured: Configured,
  patient: Patient,
  watch: Watch,
): Promise<TargetEvidence> {
  const { world, rules, backupAgeSeconds, rtoSeconds } = configured
  const { recipients, identities } = world.keys
  const { machine } = patient
  const shelf = world.shelf(target)
  const entries = look(watch, patience.shelf, () => shelf.list())
  const asked = collectServer(target, entries, configured, patient, watch)

  const [
    container,
    server,
    security,
    tools,
    folder,
    freeBytes,
    catalog,
    opened,
    cutOff,
    keptFiles,
    lock,
    secretFiles,
  ] = await Promise.all([
    collectContainer(target, configured, patient, watch),
    asked,
    collectSecurity(target, asked, project, configured, patient, watch),
    look(watch, patience.tools, () => toolsOf(target, configured)),
    look(watch, patience.shelf, () => machine.folder(shelf.folder)),
    look(watch, patience.shelf, () => shelf.freeBytes()),
    collectCatalog(entries, shelf, watch),
    look(watch, patience.keys, () => rules.tryKeys(target)),
    look(watch, patience.state, () => cutOffOf(target, configured, patient)),
    look(watch, patience.state, () => keptFilesOf(target, configured, patient)),
    look(watch, patience.state, () => lockOf(target, configured, patient)),
    Promise.all(secretPaths(target, world.keys).map((path) => lookAtFile(path, machine, watch))),
  ])
  return {
    name: target.name,
    place: target.place.kind,
    pointInTime: target.pointInTime,
    ...container,
    tools,
    ...server,
    ...security,
    secretFiles,
    shelf: folder,
    freeBytes,
    catalog,
    encryption: { recipients: recipients.length, identities: identities.length, opened },
    backupAgeSeconds,
    rtoSeconds,
    cutOff,
    keptFiles,
    lock,
  }
}

async function toolsOf(target: Target, { world }: Configured): Promise<ToolFacts> {
  const { tools, because } = await world.tools.choose(target, { kind: 'dump' })
  return { engine: tools.name, because, ...(await tools.versions(target)) }
}

async function collectCatalog(
  entries: Promise<Looked<readonly ShelfEntry[]>>,
  shelf: Shelf,
  watch: Watch,
): Promise<Looked<CatalogFacts>> {
  const [listed, unreadable] = await Promise.all([
    entries,
    look(watch, patience.shelf, () => shelf.unreadable()),
  ])
  if (listed.state !== 'seen') return listed
  if (unreadable.state !== 'seen') return unreadable
  const backups = archivesFirst(
    listed.facts.filter(({ manifest }) => manifest.purpose === 'backup'),
  )
  const newest = backups[0]
  const newestGood = backups.find(({ manifest, present }) => present && isGood(manifest.trust))
  return {
    state: 'seen',
    facts: {
      count: backups.length,
      ...(newest ? { newest: backupOf(newest) } : {}),
      ...(newestGood ? { newestGood: backupOf(newestGood) } : {}),
      ...lastTestOf(backups),
      unreadable: unreadable.facts,
    },
  }
}

function backupOf({ manifest, present }: ShelfEntry): BackupSeen {
  const { id, takenAt, trust, rawBytes, copies = [] } = manifest
  return { id, takenAt, trust, present, rawBytes, copies }
}

async function cutOffOf(
  target: Target,
  { rules, world }: Configured,
  { machine, stateFolder }: Patient,
): Promise<readonly CutOff[]> {
  await requireReadable(`${stateFolder}/receipts`, machine)
  const [broken] = await world.receipts.unreadable()
  if (broken) throw unreadableRecord(broken)
  return rules.cutOff(target)
}

async function keptFilesOf(
  target: Target,
  { rules }: Configured,
  { machine, stateFolder }: Patient,
): Promise<readonly KeptFiles[]> {
  await requireReadable(`${stateFolder}/receipts`, machine)
  return (await rules.keptFiles(target)).flatMap(({ title, startedAt, dataFiles }) =>
    dataFiles ? [{ title, startedAt, folder: dataFiles.folder }] : [],
  )
}

/** A record that is hidden from this user looks like none: then nothing is known. */
async function requireReadable(path: string, machine: Machine): Promise<void> {
  if (!(await machine.readable(path))) throw hidden(path)
}

function hidden(path: string): Failure {
  return new Failure('environment', 'STATE_UNREADABLE', `this user may not read ${path}`, [
    `ls -ld ${quoted(path)}`,
    'ops doctor   (as the user that takes the backups)',
  ])
}

/** It may be that of a restore that was cut off: what it says is not known. */
function unreadableRecord({ file, reason }: { file: string; reason: string }): Failure {
  return new Failure(
    'environment',
    'STATE_UNREADABLE',
    `the record ${file} cannot be read: ${reason}`,
    [`cat ${quoted(file)}`],
  )
}

async function lockOf(
  { name }: Target,
  { world }: Configured,
  { machine, stateFolder }: Patient,
): Promise<LockFacts> {
  await requireReadable(`${stateFolder}/locks`, machine)
  const owner = await world.locks.owner(name)
  if (!owner) return {}
  if (owner.host !== world.host.name) return { owner }
  return { owner, gone: await machine.gone(owner.pid, owner.since) }
}

/** The files that the target's sign-in and the secret keys are read from. */
function secretPaths({ place, credentials }: Target, { identities }: Keys): readonly string[] {
  const references: readonly (SecretReference | undefined)[] = [
    place.kind === 'server' ? place.uri : undefined,
    credentials?.username,
    credentials?.password,
  ]
  const paths = references.flatMap((one) => (one?.from === 'file' ? one.path : []))
  return [...new Set([...paths, ...identities.flatMap(({ file }) => file ?? [])])]
}
