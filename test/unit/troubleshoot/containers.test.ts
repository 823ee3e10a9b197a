import { describe, expect, test } from 'vitest'
import {
  api,
  database,
  declared,
  judged,
  only,
  saw,
  service,
  target,
  unreached,
  doing,
} from './scene.js'

const loop = {
  state: 'restarting' as const,
  restarts: 7,
  exitCode: 2,
  startedAt: '2026-11-21T13:59:55.000Z',
}

describe('a container that starts over and over', () => {
  const looping = (said: readonly (readonly [number, string])[]) =>
    judged({
      services: saw([database({ facts: loop, said }), api()]),
      targets: [unreached()],
    })

  test.each([
    ['wrong-option', "Error parsing command line: unrecognised option '--nonsense'"],
    ['missing-variable', 'error: missing one of two; both must be specified for a user'],
    ['port-taken', 'Failed to listen: Address already in use'],
  ])('because of a %s, which its log names', (cause, line) => {
    const { symptoms } = looping([[4, line]])
    const found = only(symptoms, cause)
    expect(found).toMatchObject({ symptom: 'restart-loop', severity: 'fail', about: 'mongodb' })
    expect(found.because.join('\n')).toContain(line.slice(0, 20))
    expect(found.also).toContain('connection')
    // Nothing that ops could type brings it up: the loop would go on.
    expect(found.fix).toBeNull()
  })

  test('because of a wrong password', () => {
    const said = [[4, 'MongoServerError: Authentication failed.']] as const
    const one = service('api', { facts: { ...loop, exitCode: 1 }, said })
    const { symptoms } = judged({ services: saw([database(), one]) })
    expect(only(symptoms, 'sign-in-refused')).toMatchObject({
      symptom: 'restart-loop',
      also: ['access', 'connection'],
    })
    expect(symptoms).toHaveLength(1)
  })

  test('for a reason of hours ago it is not: that was another fault', () => {
    const { symptoms } = looping([[7200, 'WT_PANIC: read checksum error']])
    const found = only(symptoms, 'unexplained')
    expect(found.because.join()).not.toContain('damaged')
    expect(found.candidates.every((one) => 'needs' in one)).toBe(true)
  })

  test('tells no document and no password of what its log quotes', () => {
    const environment = { DB_PASSWORD: 'hunter2!' }
    const said = [[4, 'Authentication failed for hunter2! {"name": "Bobby"}']] as const
    const one = service('api', { facts: { ...loop, environment }, said })
    const text = JSON.stringify(judged({ services: saw([database(), one]) }).symptoms)
    expect(text).toContain('Authentication failed')
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('Bobby')
  })
})

describe('memory', () => {
  const MiB = 1024 ** 2

  test('a database that was killed because of its limit', () => {
    const facts = {
      state: 'exited' as const,
      exitCode: 137,
      oomKilled: true,
      memoryLimit: 256 * MiB,
    }
    const { symptoms, causes } = judged({
      services: saw([database({ facts })]),
      targets: [unreached()],
    })
    const found = only(symptoms, 'killed-for-memory')
    expect(found).toMatchObject({ symptom: 'memory', also: ['connection'], severity: 'fail' })
    expect(found.next[0]).toBe('mem_limit: 512m   (of the service, in the compose file)')
    expect(causes).not.toContain('database-stopped')
  })

  test('no limit is suggested beyond the memory of the machine', () => {
    const facts = {
      state: 'exited' as const,
      exitCode: 137,
      oomKilled: true,
      memoryLimit: 900 * MiB,
    }
    const services = saw([database({ facts })])
    const small = judged({ services, targets: [unreached()], memoryBytes: saw(1024 * MiB) })
    expect(only(small.symptoms, 'killed-for-memory').next[0]).toContain('the machine has')
    const unknown = { state: 'unseen' as const, because: 'no answer' }
    const unseen = judged({ services, targets: [unreached()], memoryBytes: unknown })
    expect(only(unseen.symptoms, 'killed-for-memory').next[0]).not.toMatch(/\d/)
  })

  test('no limit is raised while it is not known what the others use', () => {
    const killed = {
      state: 'exited' as const,
      exitCode: 137,
      oomKilled: true,
      memoryLimit: 256 * MiB,
    }
    const memory = { bytes: 256 * MiB, keys: ['mem_limit'] as const }
    const own = database({ facts: killed, declared: { memory } })
    const kind = (...others: Parameters<typeof api>) =>
      only(
        judged({ services: saw([own, api(...others)]), targets: [unreached()] }).symptoms,
        'killed-for-memory',
      )
    expect(kind({ facts: { state: 'exited' } }).fix).toMatchObject({ kind: 'memory' })
    for (const state of ['running', 'paused'] as const) {
      const found = kind({ facts: { state } })
      expect(found.fix?.kind).not.toBe('memory')
      expect(found.next[0]).toContain('what other containers use is not known')
    }
  })

  test('one that uses nearly all that it may, or whose cache may outgrow it', () => {
    const facts = { memoryLimit: 512 * MiB }
    const use = {
      name: 'healthcare_mongodb',
      cpuPercent: 1,
      memoryBytes: 500 * MiB,
      memoryLimitBytes: 512 * MiB,
      networkInBytes: 0,
      networkOutBytes: 0,
      blockReadBytes: 0,
      blockWriteBytes: 0,
      processes: 1,
    }
    const near = judged({ services: saw([{ ...database({ facts }), use: saw(use) }]) })
    expect(near.causes).toEqual(['near-its-limit'])
    const cache = target({ doing: saw(doing({ cacheBytes: saw(2048 * MiB) })) })
    const wide = judged({ services: saw([database({ facts })]), targets: [cache] })
    expect(wide.causes).toEqual(['cache-larger-than-limit'])
  })
})

describe('ports', () => {
  const created = {
    ...service('mongodb', {
      facts: {
        state: 'created',
        error:
          'driver failed programming external connectivity: Bind for 127.0.0.1:27017 failed: port is already allocated',
      },
    }),
    target: 'medical',
    declared: declared('mongodb', { ports: [{ container: 27017, published: '27017' }] }),
  }
  const taken = (owners: Parameters<typeof saw>[0]) =>
    judged({
      services: saw([created]),
      ports: saw([
        { service: 'mongodb', port: 27017, owners: owners as never, variable: 'MONGO_PORT' },
      ]),
      targets: [unreached()],
    })

  test('taken by a process: its number and name are told, and only its number is put into a command', () => {
    const program = 'x"; rm -rf /'
    const owner = { kind: 'process', address: '127.0.0.1', pid: 4242, program }
    const { symptoms, causes } = taken(saw([owner]))
    const found = only(symptoms, 'port-taken')
    expect(found).toMatchObject({ symptom: 'port', also: ['connection'], about: 'mongodb' })
    expect(found.says).toContain('4242')
    expect(found.next.join('\n')).not.toContain('rm -rf')
    expect(found.next).toContain('MONGO_PORT=ANOTHER   (in .env, instead of 27017)')
    expect(causes).not.toContain('database-never-started')
  })

  test('taken by another container', () => {
    const { symptoms } = taken(saw([{ kind: 'container', name: 'other_mongo' }]))
    expect(only(symptoms, 'port-taken').says).toContain('the container other_mongo')
  })

  test('taken by somebody who cannot be seen from here', () => {
    const { symptoms } = taken({ state: 'unseen', because: 'ops runs elsewhere' })
    expect(only(symptoms, 'port-taken').because).toContain(
      'by whom is not known: ops runs elsewhere',
    )
  })

  test('that was taken and is free again', () => {
    const { symptoms } = taken(saw([]))
    expect(only(symptoms, 'port-was-taken').fix).toMatchObject({ kind: 'service' })
  })
})
