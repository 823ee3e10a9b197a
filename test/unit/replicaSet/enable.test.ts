import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { cutOffAround, unfinishedText } from '../../../src/procedures/restore/unfinished.js'
import { becomeMember, becomeStandalone } from '../../../src/procedures/replicaSet/becomeMember.js'
import { memberScene } from '../../../src/procedures/replicaSet/scene.js'
import { stackUp } from '../../../src/procedures/stack/lifecycle.js'
import { container } from '../../fakes/stack.js'
import { stepContext } from '../dr/deletionScene.js'
import { notThere, ofNoSet, standaloneHospital } from './scene.js'

describe('a standalone server', () => {
  test('is saved, made a member by a file of its own, initiated under its name in the network, and proved', async () => {
    const { enabled, project, mongod, shelf, file, receipts } = standaloneHospital()
    const { result } = await enabled()
    expect(project.log).toEqual([
      'stop api',
      'power off id-mongodb',
      'make mongodb a member',
      'start api',
    ])
    expect(mongod.log).toContain('initiate rs0 mongodb:27017')
    expect(await file()).toContain('--replSet=rs0')
    expect(await file()).toContain('--keyFile=')
    expect(result).toMatchObject({
      changed: true,
      member: 'mongodb:27017',
      data: { documents: { 'medical_records.patients': 2 } },
      server: { write: 'durable', primary: true },
    })
    expect(result.next[0]).toContain('COMPOSE_FILE=docker-compose.yml:compose.ops-replica-set.yml')
    expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([result.safetyBackup])
    expect(receipts.saves.at(-1)).toMatchObject({
      state: 'done',
      replicaSet: { service: 'mongodb' },
    })
  })

  test('is made one again by an undo that began with its file among those of the stack', async () => {
    const { enabled, world, undone, project } = standaloneHospital()
    await enabled()
    const { stack } = world
    if (!stack) throw new Error('the scene has a stack')
    const composeFiles = [...stack.composeFiles, '/srv/compose.ops-replica-set.yml']
    await undone(undefined, { ...world, stack: { ...stack, composeFiles } })
    expect(project.log.at(-1)).toBe('start api')
  })

  test('needs no key where nobody signs in, or one is given already', async () => {
    const it = standaloneHospital()
    it.mongod.storage = { ...it.mongod.storage, authorization: false }
    await it.enabled()
    expect(await it.file()).not.toContain('keyFile')
  })

  test('asks for its name to be typed, and says who has to change what he connects with', async () => {
    const plan = await standaloneHospital().planned()
    expect(plan.steps.some(({ effect }) => effect === 'destroys')).toBe(true)
    expect(plan.warnings?.join()).toContain('directConnection=true')
  })

  test('that cannot be made a member is a standalone again, without the file, and its services run', async () => {
    const { enabled, mischief, project, file } = standaloneHospital()
    mischief.make = new Failure('failed', 'COMPOSE_FAILED', 'no such image', ['docker pull'])
    await expect(enabled()).rejects.toMatchObject({ code: 'COMPOSE_FAILED' })
    expect(project.log.slice(-2)).toEqual(['power on id-mongodb', 'start api'])
    expect(await file()).toBeUndefined()
    expect(project.stack.containers[0]?.command).not.toContain('--replSet=rs0')
  })

  test('NOT_A_MEMBER: one that comes up and is of no set fails', async () => {
    const { target, world, mongod, project } = standaloneHospital()
    const connect = mongod.connect.bind(mongod)
    mongod.connect = async () => ({ ...(await connect()), initiate: () => Promise.resolve(false) })
    const scene = await memberScene(target, world)
    const { context } = stepContext()
    await expect(becomeMember(target, scene, 5, world, context)).rejects.toMatchObject({
      code: 'NOT_A_MEMBER',
      exitCode: 1,
    })
    expect(project.log).toContain('make mongodb a member')
  })

  test('is waited for while compose makes its container anew, and has none for a moment', async () => {
    const { target, world, clock, mongod, project } = standaloneHospital()
    const connect = mongod.connect.bind(mongod)
    let absent = 2
    mongod.connect = () => {
      if (!project.log.includes('make mongodb a member') || absent-- <= 0) return connect()
      return Promise.reject(notThere())
    }
    const scene = await memberScene(target, world)
    const { context } = stepContext()
    await becomeMember(target, scene, 5, { ...world, clock }, context)
    expect(mongod.facts.replicaSet).toBe('rs0')
    expect(absent).toBeLessThan(0)
  })

  test('that comes up with fewer documents than before is taken back', async () => {
    const { enabled, mischief, file } = standaloneHospital()
    mischief.loses = 'as a member'
    await expect(enabled()).rejects.toMatchObject({
      code: 'DATA_DIFFERS',
      exitCode: 12,
      message: expect.stringContaining('medical_records.patients: 1 of 2') as unknown,
    })
    expect(await file()).toBeUndefined()
  })

  test('whose data is not there after it was taken back keeps its services stopped', async () => {
    const { enabled, mischief, project } = standaloneHospital()
    mischief.loses = 'for good'
    await expect(enabled()).rejects.toMatchObject({
      code: 'UNDO_INCOMPLETE',
      facts: { first: 'DATA_DIFFERS' },
      message: expect.stringContaining('still in force: "Stop the writers: api"') as unknown,
    })
    expect(project.log).not.toContain('start api')
  })

  test('may have documents that go by themselves', async () => {
    const { enabled, mischief, mongod, project } = standaloneHospital()
    mongod.collection('medical_records', 'patients', [{ _id: 1 }, { _id: 2 }])
    const connect = mongod.connect.bind(mongod)
    mongod.connect = async () => {
      const session = await connect()
      const namespaces = session.namespaces.bind(session)
      return {
        ...session,
        namespaces: async (...asked: Parameters<typeof namespaces>) =>
          (await namespaces(...asked)).map((one) => ({
            ...one,
            options: { expireAfterSeconds: 60 },
          })),
      }
    }
    mischief.loses = 'for good'
    const { result } = await enabled()
    expect(result.data).toEqual({ documents: {}, hashes: {} })
    expect(project.log).toContain('start api')
  })

  test('is made one again by an undo, with the data that it has by then', async () => {
    const { enabled, undone, project, mongod, file, receipts } = standaloneHospital()
    const { result } = await enabled()
    mongod.collection('medical_records', 'patients', [{ _id: 1 }, { _id: 2 }, { _id: 3 }])
    await undone()
    expect(project.log.slice(-4)).toEqual([
      'stop api',
      'power off id-mongodb',
      'make mongodb a standalone',
      'start api',
    ])
    expect(mongod.log.filter((line) => line.startsWith('note ops: the '))).toHaveLength(2)
    expect(await file()).toBeUndefined()
    expect(await receipts.read(result.receipt ?? '')).toMatchObject({ state: 'undone' })
  })
})

describe('what is refused, and what is nothing to do', () => {
  test('a server that is a member already is left alone', async () => {
    const it = standaloneHospital()
    it.mongod.facts = { ...it.mongod.facts, replicaSet: 'hospital' }
    const { result } = await it.enabled()
    expect(result).toMatchObject({ changed: false, replicaSet: 'hospital', receipt: null })
    expect(it.project.log).toEqual([])
  })

  test.each([
    ['SET_NOT_INITIATED', { command: ['mongod', '--replSet=rs1'] }],
    ['NOT_A_SERVICE', { command: ['sh', '-c', 'mongod --auth'] }],
    ['NOT_A_SERVICE', { project: 'another' }],
    ['NOT_A_SERVICE', { addresses: {} }],
  ])('%s: %j', async (code, changes) => {
    const { project, planned } = standaloneHospital()
    const usual = project.stack.containers[0] ?? container('mongodb')
    project.stack.containers[0] = { ...usual, ...changes }
    await expect(planned()).rejects.toMatchObject({ code, exitCode: 6 })
  })

  test('MAY_NOT_INITIATE: who lacks the right costs nobody a minute', async () => {
    const { planned, mongod } = standaloneHospital()
    mongod.mischief.mayNotInitiate = true
    await expect(planned()).rejects.toMatchObject({
      code: 'MAY_NOT_INITIATE',
      exitCode: 6,
      message: expect.stringContaining('clusterManager') as unknown,
    })
  })

  test('SET_HAS_MEMBERS: an undo where others were added to the set', async () => {
    const { enabled, undone, mongod, project } = standaloneHospital()
    await enabled()
    mongod.members = 3
    project.stack.log.length = 0
    await expect(undone()).rejects.toMatchObject({ code: 'SET_HAS_MEMBERS', exitCode: 6 })
    expect(project.log).toEqual([])
  })

  test('STILL_A_MEMBER: an undo after which the server is of a set', async () => {
    const { target, world, mongod, enabled } = standaloneHospital()
    await enabled()
    const scene = await memberScene(target, world)
    mongod.facts = { ...mongod.facts, primary: true, replicaSet: 'rs0' }
    const compose = { ...world.compose, make: () => Promise.resolve() }
    const { context } = stepContext()
    await expect(
      becomeStandalone(target, scene, 5, { ...world, compose }, context),
    ).rejects.toMatchObject({ code: 'STILL_A_MEMBER', exitCode: 1 })
  })

  test.each([
    ['DATA_ELSEWHERE', { mounts: [{ type: 'volume', source: 'old', destination: '/data/db' }] }],
    ['DATA_ELSEWHERE', { mounts: [] }],
    ['IMAGE_DIFFERS', { imageId: 'sha256:0' }],
  ])('%s: a container that would not come up as it is: %j', async (code, changes) => {
    const { project, planned } = standaloneHospital()
    const usual = project.stack.containers[0] ?? container('mongodb')
    project.stack.containers[0] = { ...usual, ...changes }
    await expect(planned()).rejects.toMatchObject({ code, exitCode: 6 })
  })

  test('NO_NAMED_VOLUME: data that might not be there when the container is made anew', async () => {
    const { project, planned } = standaloneHospital()
    const { mongodb } = project.project.services
    if (!mongodb) throw new Error('the project has a database')
    const without = { ...mongodb, mounts: [] }
    const services = { ...project.project.services, mongodb: without }
    project.project = { ...project.project, services }
    await expect(planned()).rejects.toMatchObject({ code: 'NO_NAMED_VOLUME', exitCode: 6 })
  })
})

describe('a run that was killed half-way', () => {
  /** Killed with its file written; the container is there as the last step left it. */
  async function killedWith(state: 'a standalone' | 'no container' | 'a member') {
    const it = standaloneHospital()
    const usual = it.project.stack.containers[0] ?? container('mongodb')
    const { receipt } = await it.enabled()
    if (!receipt) throw new Error('it leaves a record')
    await it.killed(receipt, ['Write the file'])
    it.mongod.facts = { ...ofNoSet(it.mongod.facts), primary: state === 'a standalone' }
    if (state === 'a standalone') it.project.stack.containers[0] = usual
    if (state === 'no container') it.project.stack.containers.splice(0, 1)
    it.project.stack.containers[state === 'no container' ? 0 : 1] = container('api', {
      state: 'exited',
    })
    it.project.stack.log.length = 0
    it.clock.advance(1000)
    return { ...it, id: receipt.id }
  }

  test('is told of, with the ways on and back', async () => {
    const { world, target } = await killedWith('a standalone')
    const [cutOff] = await cutOffAround(target, world)
    if (!cutOff) throw new Error('it is told of')
    const text = unfinishedText(cutOff)
    expect(text).toContain('no data was changed')
    expect(text).toContain('makes it a standalone again')
    expect(text).toContain('"ops pitr enable --target medical" goes on')
  })

  test.each(['a standalone', 'a member'] as const)(
    'with %s is gone on with, and held against what was there before it',
    async (state) => {
      const { planned, enabled, receipts, id, project, mongod } = await killedWith(state)
      expect((await planned()).warnings?.[0]).toContain('was cut off after "Write the file"')
      const { result } = await enabled()
      expect(mongod.facts.replicaSet).toBe('rs0')
      expect(result.data?.documents).toEqual({ 'medical_records.patients': 2 })
      expect(project.log.at(-1)).toBe('start api')
      expect(await receipts.read(id)).toMatchObject({ state: 'failed', settled: {} })
      expect((await receipts.read(id))?.replicaSet).toBeUndefined()
    },
  )

  test('with a member that serves by now may have fewer documents, which is told', async () => {
    const { enabled, mongod } = await killedWith('a member')
    mongod.facts = { ...mongod.facts, primary: true, replicaSet: 'rs0' }
    mongod.collection('medical_records', 'patients', [{ _id: 1 }])
    const { result, warnings } = await enabled()
    expect(result.changed).toBe(true)
    expect(warnings.join()).toContain('medical_records.patients: 1 of 2')
  })

  test('HALF_A_MEMBER: until then the stack is not started by its file, and the ways on are named', async () => {
    const { world, target, id, enabled } = await killedWith('no container')
    const request = { names: [], targets: [target], timeoutSeconds: 30 }
    await expect(stackUp.plan(request, world)).rejects.toMatchObject({
      code: 'HALF_A_MEMBER',
      exitCode: 6,
      next: [
        expect.stringContaining('ops pitr enable --target medical') as unknown,
        expect.stringContaining(`ops undo ${id}`) as unknown,
      ],
    })
    await enabled()
    await expect(stackUp.plan(request, world)).resolves.toMatchObject({ command: 'stack up' })
  })

  test('with a member that nobody has started is started', async () => {
    const { enabled, project } = await killedWith('a member')
    const made = project.stack.containers[0]
    if (!made) throw new Error('it was made')
    project.stack.containers[0] = { ...made, state: 'created' }
    await enabled()
    expect(project.log).toContain('power on id-mongodb')
  })

  test('with a standalone begins from the start: somebody may have deleted since it was counted', async () => {
    const { enabled, mongod } = await killedWith('a standalone')
    mongod.collection('medical_records', 'patients', [{ _id: 1 }])
    const { result } = await enabled()
    expect(result.data?.documents).toEqual({ 'medical_records.patients': 1 })
    expect(result.safetyBackup).not.toBeNull()
  })

  test('with no container is gone on with', async () => {
    const { enabled, project } = await killedWith('no container')
    const { result } = await enabled()
    expect(result.changed).toBe(true)
    expect(project.log).toContain('make mongodb a member')
  })

  test.each(['a standalone', 'a member', 'no container'] as const)(
    'with %s is taken back by an undo',
    async (state) => {
      const { undone, file, receipts, id, project, mongod } = await killedWith(state)
      await undone()
      expect(await file()).toBeUndefined()
      expect(mongod.facts.replicaSet).toBeUndefined()
      expect(project.log.at(-1)).toBe('start api')
      expect(await receipts.read(id)).toMatchObject({ state: 'undone' })
    },
  )
})
