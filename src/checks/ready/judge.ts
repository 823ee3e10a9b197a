import {
  scenarios,
  type Blocker,
  type Readiness,
  type Scenario,
  type ScenarioName,
} from '../../domain/readiness.js'
import type { Looked } from '../doctor/evidence.js'
import type { ReadyBackup, ReadyEvidence } from './evidence.js'

/** What is in the way of something, or nothing. */
type Need = (evidence: ReadyEvidence) => Blocker | undefined

/** Judges every scenario. What could not be looked at is in the way: nobody knows whether it would work. */
export function judgeReadiness(evidence: ReadyEvidence): readonly Readiness[] {
  return scenarios.map((scenario) => {
    const blocker = firstOf(needs[scenario.name], evidence) ?? tooSlow(scenario, evidence)
    const backup = scenario.name === 'container' ? undefined : backupOf(evidence)
    return {
      ...scenario,
      ready: blocker === undefined,
      blocker: blocker ?? null,
      forecastSeconds: backup?.seconds ?? null,
      notes: notesOn(scenario.name, evidence),
    }
  })
}

function firstOf(all: readonly Need[], evidence: ReadyEvidence): Blocker | undefined {
  for (const need of all) {
    const found = need(evidence)
    if (found) return found
  }
  return undefined
}

const engineAnswers: Need = ({ engine }) => unseen(engine, 'the engine does not answer')

const nothingCutOff: Need = ({ cutOff: [first] }) =>
  first === undefined
    ? undefined
    : { says: `${first} was cut off half-way`, next: ['ops doctor', 'ops undo --dry-run'] }

const goodBackup: Need = ({ backup, target }) =>
  unseen(backup, 'the shelf cannot be read') ??
  (seenIn(backup) === null
    ? {
        says: 'there is no good backup',
        next: [`ops backup --target ${target}`, 'ops backup verify --all'],
      }
    : undefined)

const youngBackup: Need = (evidence) => {
  const backup = backupOf(evidence)
  if (!backup) return undefined
  const age = (Date.parse(evidence.now) - Date.parse(backup.takenAt)) / 1000
  if (age <= evidence.backupAgeSeconds) return undefined
  return {
    says: `the newest good backup, ${backup.id}, is ${hours(age)} old, more than the ${hours(evidence.backupAgeSeconds)} of the objective`,
    next: [`ops backup --target ${evidence.target}`],
  }
}

const keysOpen: Need = ({ keys }) => unseen(keys, 'the backup cannot be opened here')

const projectReadable: Need = ({ stack }) =>
  stack
    ? unseen(stack, 'the compose files cannot be read')
    : { says: 'ops.yaml names no compose project', next: ['ops init', 'ops config show'] }

const containerThere: Need = ({ container }) =>
  unseen(container, 'the container of the server cannot be looked at') ??
  (seenIn(container) === null
    ? {
        says: 'the server has no container: its volume is known by that alone',
        next: ['ops dr container'],
      }
    : undefined)

const imageThere: Need = ({ container }) => {
  const facts = seenIn(container)
  if (!facts || facts.imagePresent) return undefined
  return {
    says: `its image ${facts.image} is not on the engine`,
    next: [`docker pull ${facts.image}`],
  }
}

const roomBeside: Need = (evidence) => {
  const missing = unseen(evidence.volume, 'the data volume cannot be looked at')
  if (missing) return missing
  const free = seenIn(evidence.volume)?.freeBytes ?? 0
  const needed = neededBytes(backupOf(evidence)?.rawBytes ?? 0)
  if (free >= needed) return undefined
  return {
    says: `the data volume has ${megabytes(free)} MB free, and what comes back needs up to ${megabytes(needed)} MB beside the damaged files`,
    next: ['df -h', 'ops restore --forget-old'],
  }
}

const firstUser: Need = (evidence) => {
  const facts = seenIn(evidence.container)
  if (backupOf(evidence)?.content !== 'archive' || !facts || facts.firstUser) return undefined
  return {
    says: 'a server that begins anew would let nobody in: its container is given no MONGO_INITDB_ROOT_USERNAME',
    next: ['ops backup --physical   (a copy of the data files needs no user)'],
  }
}

const alone: Need = ({ server }) => {
  const { members = 1 } = seenIn(server) ?? {}
  if (members <= 1) return undefined
  return {
    says: `its replica set has ${members.toString()} members: a damaged one is synchronised anew from the others`,
    next: ['mongosh --eval "rs.status()"'],
  }
}

const serverAnswers: Need = ({ server }) =>
  unseen(server, 'the server does not answer') ??
  (seenIn(server)?.primary === true
    ? undefined
    : { says: 'the server is not the primary: it takes no writes', next: ['ops dr container'] })

const hasOplog: Need = ({ server }) =>
  seenIn(server)?.replicaSet === true
    ? undefined
    : {
        says: 'the server is a standalone: without an oplog nobody knows what was deleted when',
        next: ['make it a replica set of one member'],
      }

const slicesReach: Need = ({ slicesTo, pointInTime, target }) =>
  unseen(slicesTo, 'the slices cannot be read') ??
  (seenIn(slicesTo) === null
    ? {
        says: pointInTime
          ? 'no slice of the oplog lies behind a base yet'
          : 'no slices of the oplog are taken (pitr.enabled)',
        next: pointInTime
          ? [`ops pitr slice --base --target ${target}`, 'ops pitr status']
          : ['ops config show', 'ops pitr status'],
      }
    : undefined)

const wholeInstance: Need = (evidence) => {
  const backup = backupOf(evidence)
  if (!backup || backup.wholeInstance) return undefined
  return {
    says: `${backup.id} is not of the whole server: users and other databases would be missing`,
    next: ['ops config show   (pitr.enabled makes every base one of the whole server)'],
  }
}

const kitThere: Need = (evidence) => {
  const backup = backupOf(evidence)
  if (!backup || backup.kit) return undefined
  return {
    says: `${backup.id} has no recovery kit beside it: nothing tells how the host was`,
    next: [`ops backup --target ${evidence.target}`],
  }
}

const copyElsewhere: Need = (evidence) => {
  const backup = backupOf(evidence)
  if (!backup || backup.copies.length > 0) return undefined
  return evidence.places.length === 0
    ? {
        says: 'no copy is kept elsewhere: the shelf would be gone with the host',
        next: ['ops config show   (backup.copies names places)'],
      }
    : {
        says: `${backup.id} is at none of the places ${evidence.places.join(', ')}`,
        next: [`ops backup copy --target ${evidence.target}`],
      }
}

const toRestore = [engineAnswers, nothingCutOff, goodBackup, youngBackup, keysOpen] as const

const needs: Readonly<Record<ScenarioName, readonly Need[]>> = {
  corruption: [...toRestore, containerThere, alone, roomBeside, firstUser],
  container: [engineAnswers, projectReadable, nothingCutOff, imageThere],
  deletion: [...toRestore, serverAnswers, hasOplog, slicesReach, imageThere],
  system: [goodBackup, youngBackup, keysOpen, wholeInstance, kitThere, copyElsewhere],
}

function tooSlow(
  { name, objectiveSeconds }: Scenario,
  evidence: ReadyEvidence,
): Blocker | undefined {
  const seconds = name === 'container' ? undefined : backupOf(evidence)?.seconds
  if (seconds === undefined || seconds <= objectiveSeconds) return undefined
  return {
    says: `bringing it back will probably take ${Math.ceil(seconds / 60).toString()} min, more than the ${(objectiveSeconds / 60).toString()} of the objective`,
    next: ['ops backup --physical   (data files come back quicker)', 'ops backup test-restore'],
  }
}

function notesOn(name: ScenarioName, evidence: ReadyEvidence): readonly string[] {
  if (name === 'container') return []
  const backup = backupOf(evidence)
  const to = seenIn(evidence.slicesTo)
  const oplog = seenIn(evidence.server)?.oplogSeconds
  return [
    ...(backup ? [`from ${backup.id} (${backup.trust})`] : []),
    ...(backup && backup.seconds === undefined
      ? ['how long it takes is not known: "ops backup test-restore" measures it']
      : []),
    ...(typeof to === 'string' && name !== 'system' ? [`slices reach until ${to}`] : []),
    ...(name === 'deletion' && oplog !== undefined
      ? [`the oplog of the server goes back ${hours(oplog)}`]
      : []),
    ...(name === 'system' && backup && backup.copies.length > 0
      ? [`copies: ${backup.copies.join(', ')}`]
      : []),
  ]
}

function unseen(looked: Looked<unknown>, what: string): Blocker | undefined {
  if (looked.state === 'seen') return undefined
  if (looked.state === 'refused')
    return { says: `${what}: ${looked.message}`, next: [...looked.next, 'ops doctor'] }
  return { says: `${what}: ${looked.because}`, next: ['ops doctor'] }
}

function seenIn<Facts>(looked: Looked<Facts>): Facts | undefined {
  return looked.state === 'seen' ? looked.facts : undefined
}

function backupOf({ backup }: ReadyEvidence): ReadyBackup | undefined {
  return seenIn(backup) ?? undefined
}

/** As a recovery from damage asks for it: a third for indexes, and what a server needs besides. */
function neededBytes(rawBytes: number): number {
  return Math.ceil(rawBytes * 1.33) + 512 * 1024 * 1024
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString()
}

function hours(seconds: number): string {
  const whole = Math.floor(seconds / 3600)
  return whole > 0 ? `${whole.toString()} h` : `${Math.floor(seconds / 60).toString()} min`
}
