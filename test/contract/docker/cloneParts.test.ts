import { execa } from 'execa'
import { afterEach, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { cloneContainer, removeClone } from '../../../src/adapters/docker/cloneParts.js'
import { engineRoom } from '../../../src/adapters/docker/engineRoom.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { ownLabels } from '../../../src/adapters/docker/ownLabels.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import type { OwnContainers } from '../../../src/ports/ownContainers.js'
import { cleanUp } from '../../support/cleanUp.js'
import { mongoImage } from '../../support/mongoServer.js'

const made = cleanUp()
afterEach(() => made.all())

const client = () =>
  dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
const host = machineHost('0.1.0')
const project = `ops-drill-test-${process.pid.toString()}`

/** A container, a network and a volume with these labels, of the project. */
async function parts(labels: Readonly<Record<string, string>>) {
  const all = {
    ...labels,
    'ops.test': 'cloneParts',
    'com.docker.compose.project': project,
    'com.docker.compose.service': 'mongodb',
  }
  const given = Object.entries(all).flatMap(([name, value]) => ['--label', `${name}=${value}`])
  const docker = (...argv: string[]) => execa('docker', argv, { reject: false })
  made.made(project, async (name) => {
    await docker('rm', '--force', name)
    await docker('network', 'rm', name)
    await docker('volume', 'rm', name)
  })
  const create = ['create', '--name', project, ...given, mongoImage(), 'sleep', '60']
  for (const argv of [
    create,
    ['network', 'create', ...given, project],
    ['volume', 'create', ...given, project],
  ])
    expect((await docker(...argv)).exitCode).toBe(0)
}

/** Which of them are there. */
async function there(): Promise<readonly string[]> {
  const kinds = ['container', 'network', 'volume']
  const found = await Promise.all(
    kinds.map((kind) => execa('docker', [kind, 'inspect', project], { reject: false })),
  )
  return kinds.filter((_, at) => found[at]?.exitCode === 0)
}

const ofDrill = () => ownLabels({ purpose: 'drill', target: 'medical' }, host)

describe('the parts of a clone', () => {
  test('are all removed, once and again', async () => {
    await parts(await ofDrill())
    const connected = await client()
    expect((await cloneContainer(connected, project, 'mongodb')).id).toMatch(/^[0-9a-f]{64}$/)
    await removeClone(connected, project)
    await removeClone(connected, project)
    expect(await there()).toEqual([])
  })

  test('are left alone by a sweep while their run lives, and removed by the next one after it', async () => {
    await parts(await ofDrill())
    const own = ownContainers(client, host)
    await own.sweep()
    expect(await there()).toEqual(['container', 'network', 'volume'])
    await made.all()
    await parts({ ...(await ofDrill()), 'ops.owner.pid': (2 ** 22 + 1).toString() })
    expect((await own.sweep()).join()).toContain(project)
    expect(await there()).toEqual([])
  })

  test('are nothing that does not bear the label of a drill: no harm is done to it', async () => {
    await parts({})
    const connected = await client()
    await expect(cloneContainer(connected, project, 'mongodb')).rejects.toMatchObject({
      kind: 'refused',
      code: 'NOT_A_CLONE',
    })
    await removeClone(connected, project)
    expect(await there()).toEqual(['container', 'network', 'volume'])
  })
})

describe('the room of the engine', () => {
  const never = new AbortController().signal

  test('is what its machine has left, in bytes', async () => {
    const room = await engineRoom(ownContainers(client, host), 'medical', mongoImage(), never)
    expect(room.freeBytes).toBeGreaterThan(1e8)
    expect(room.freeMemoryBytes).toBeGreaterThan(1e8)
  })

  test('is not guessed where the machine does not say', async () => {
    const own = ownContainers(client, host)
    const silent: OwnContainers = {
      ...own,
      start: (request, ...rest) => own.start({ ...request, argv: ['echo', 'what?'] }, ...rest),
    }
    await expect(engineRoom(silent, 'medical', mongoImage(), never)).rejects.toMatchObject({
      kind: 'environment',
      code: 'ROOM_UNKNOWN',
    })
  })
})
