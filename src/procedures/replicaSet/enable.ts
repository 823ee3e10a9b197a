import { relative } from 'node:path'
import { memberFile, setName } from '../../domain/replicaSet/memberFile.js'
import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { StorageFacts } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart, type BackupPart } from '../backup/backupPart.js'
import { comesUp } from '../dr/proveServer.js'
import type { Plan, Procedure } from '../plan.js'
import { stoppedBefore } from '../restore/unfinished.js'
import { runningWriters, WriterState } from '../restore/writers.js'
import { withSession } from '../withSession.js'
import { enableSteps } from './enableSteps.js'
import type { Enabled, Enabling, EnableRequest } from './enabling.js'
import { serving } from './serving.js'
import { cutOffEnabling, memberScene, requireRemakable, type MemberScene } from './scene.js'

/**
 * Makes a standalone server of the compose project a replica set of one member, so that it has an oplog. By a compose file of its own,
 * which lies over the operator's. Saved first, proved afterwards, and taken back by an undo.
 */
export const enablePointInTime: Procedure<EnableRequest, Enabled, World> = {
  id: 'pitr enable',
  summary: 'make a standalone server a replica set of one member',

  async plan(request, world) {
    const began = world.clock.elapsed()
    const { target } = request
    const scene = await memberScene(target, world)
    const cutOff = await cutOffEnabling(target, world)
    // From when its file is written, a run that was cut off is gone on with, also where its server serves nobody.
    const isWritten = cutOff.length > 0 && (await world.ownCompose.text(scene.file)) !== undefined
    // As long as it runs as the standalone that it was, everybody may have written: then it begins from the start.
    const runsAlone = scene.found?.state === 'running' && !scene.isMember
    const goesOn = isWritten && !runsAlone
    const known = goesOn ? {} : await lookAtServer(request, scene, world)
    if (known.set !== undefined) return nothingToDo(target, known.set, scene)
    const { storage } = known
    const remake = storage && (await requireRemakable(target, scene, storage.dbPath, world))
    const writers = await runningWriters(target, world, await stoppedBefore(target, world))
    return planned(
      {
        request,
        scene,
        text: storage && memberText(scene, storage),
        remake,
        backup: known.backup,
        cutOff,
        state: new WriterState(writers),
        servedBefore: goesOn && (await isPrimary(request, world)),
        data: cutOff.find(({ replicaSet }) => replicaSet?.data)?.replicaSet?.data,
        server: undefined,
      },
      began,
      world,
    )
  },
}

/** Whether the server is a primary by now; one that does not answer yet is not. */
async function isPrimary({ target, signal }: EnableRequest, world: World): Promise<boolean> {
  try {
    return (await serving(target, world, signal))?.primary === true
  } catch (error) {
    if (error instanceof Failure && comesUp.has(error.code)) return false
    throw error
  }
}

interface LookedAt {
  /** The set that it is in already. */
  readonly set?: string
  readonly storage?: StorageFacts
  readonly backup?: BackupPart
}

async function lookAtServer(
  { target, compression, signal }: EnableRequest,
  scene: MemberScene,
  world: World,
): Promise<LookedAt> {
  return withSession(target, world, signal, async (session) => {
    const { replicaSet } = await session.server()
    if (replicaSet !== undefined) return { set: replicaSet }
    if (scene.isMember) throw notInitiated(target)
    const { mayInitiate } = await session.privileges([])
    if (!mayInitiate) throw mayNotInitiate(target)
    const part = { target, compression, safety: true }
    return { storage: await session.storage(), backup: await planBackupPart(part, world, session) }
  })
}

function memberText({ service, container }: MemberScene, storage: StorageFacts): string {
  const { dbPath, authorization = true, keyFile = false } = storage
  return memberFile({
    service,
    command: container.command,
    dbPath,
    needsKey: authorization && !keyFile,
  })
}

function planned(enabling: Enabling, began: number, world: World): Plan<Enabled> {
  const { request, scene, backup, cutOff, state } = enabling
  const { target } = request
  const { container, member, file, service } = scene
  const { stop, start } = state.writers
  const published = Object.entries(container.ports).filter(([, bindings]) => bindings.length > 0)
  return {
    command: 'pitr enable',
    target: target.name,
    title: `make ${target.name} a replica set of one member`,
    facts: [
      ['Server', `${container.name}, service ${service}, is made anew on the data that it has`],
      ['Set', `${setName}, with the member ${member}`],
      ['File', `${file}; none of yours is changed`],
      ...(backup ? [['First', 'a safety backup of everything'] as const] : []),
      [
        'Services',
        stop.length > 0
          ? `stopped: ${stop.join(', ')}; started again: ${start.join(', ') || 'none'}`
          : 'no writer that ops.yaml names is running',
      ],
      ['Applications', 'in its networks connect as they did'],
      ['Way back', '"ops undo" makes it a standalone again, on the same data'],
    ],
    warnings: [
      ...cutOff.slice(0, 1).map(cutOffText),
      ...(published.length === 0
        ? []
        : [
            `whoever connects through a published port (${published.map(([port]) => port).join(', ')}) of this machine needs directConnection=true from now on: outside its networks nobody knows ${member}`,
          ]),
    ],
    loses: [`the connections to ${container.name}, for the seconds that its server takes to start`],
    holds: 'lock and receipt',
    recordedFromTheStart: true,
    steps: enableSteps(enabling, world),
    receipt: () => {
      const saved = backup?.manifest()?.id
      return {
        again: `ops pitr enable --target ${target.name}`,
        replicaSet: { service, file, ...(enabling.data ? { data: enabling.data } : {}) },
        stopped: state.down,
        ...(saved === undefined ? {} : { safetyBackup: saved }),
      }
    },
    result: (receipt) => ({
      target: target.name,
      replicaSet: setName,
      changed: true,
      member,
      file,
      safetyBackup: backup?.manifest()?.id ?? null,
      data: enabling.data ?? null,
      server: enabling.server ?? null,
      next: nextSteps(target, scene),
      seconds: Math.round(world.clock.elapsed() - began) / 1000,
      receipt: receipt?.id ?? null,
    }),
  }
}

function nextSteps({ pointInTime }: Target, scene: MemberScene): readonly string[] {
  const { composeFiles, directory } = scene.with
  const names = composeFiles.map((path) => relative(directory, path))
  return [
    `COMPOSE_FILE=${names.join(':')}   (in .env, for "docker compose" by hand; ops takes the file along)`,
    ...(pointInTime ? [] : ['pitr: {enabled: true}   (in ops.yaml)']),
    'ops pitr start',
  ]
}

function cutOffText({ title, startedAt, steps, state }: Receipt): string {
  const last = steps.at(-1)
  return `"${title}" of ${startedAt} ${state === 'failed' ? 'failed' : 'was cut off'}${last === undefined ? '' : ` after "${last}"`}: this goes on with it`
}

function nothingToDo(target: Target, replicaSet: string, { member }: MemberScene): Plan<Enabled> {
  return {
    command: 'pitr enable',
    target: target.name,
    title: `nothing to do: ${target.name} is a member of ${replicaSet}`,
    facts: [],
    loses: [],
    holds: 'nothing',
    steps: [],
    result: () => ({
      target: target.name,
      replicaSet,
      changed: false,
      member,
      file: null,
      safetyBackup: null,
      data: null,
      server: null,
      next: [
        ...(target.pointInTime ? [] : ['pitr: {enabled: true}   (in ops.yaml)']),
        'ops pitr start',
      ],
      seconds: 0,
      receipt: null,
    }),
  }
}

function notInitiated({ name }: Target): Failure {
  return new Failure(
    'refused',
    'SET_NOT_INITIATED',
    `the server of "${name}" was started for a replica set that nobody has initiated: it serves nobody`,
    ['mongosh --eval "rs.initiate()"', 'ops stack logs'],
  )
}

function mayNotInitiate({ name }: Target): Failure {
  return new Failure(
    'refused',
    'MAY_NOT_INITIATE',
    `the user of "${name}" may not initiate a replica set: he lacks replSetConfigure, which clusterManager holds`,
    [
      `mongosh --eval "db.getSiblingDB('admin').grantRolesToUser('USER', ['clusterManager'])"`,
      'ops config show   (who the user is)',
    ],
  )
}
