import { describe, expect, test } from 'vitest'
import { api, database, evidence, judged, only, saw, service, unreached } from './scene.js'
import { judgeTroubles } from '../../../src/checks/troubleshoot/judge.js'

const refused = 'MongoServerSelectionError: connect ECONNREFUSED 172.18.0.2:27017'
const unresolved = 'MongoServerSelectionError: getaddrinfo ENOTFOUND mongodb'

const down = (facts: Parameters<typeof database>[0]) =>
  judged({
    services: saw([database(facts), api({ said: [[20, refused]] })]),
    targets: [unreached()],
  })

describe('a hospital where all is well', () => {
  test('has nothing wrong, and every symptom that is looked for unasked is clear', () => {
    const { symptoms, verdict, clear } = judged()
    expect(symptoms).toEqual([])
    expect(verdict).toBe('ok')
    expect(clear).toHaveLength(9)
  })

  test('is asked about one symptom alone', () => {
    expect(judged({}, 'connection').clear).toEqual(['connection'])
  })
})

describe('a database that is down', () => {
  test.each([
    ['stopped', { state: 'exited' as const, exitCode: 0 }, 'start'],
    ['paused', { state: 'paused' as const }, 'let mongodb go on'],
    ['unhealthy', { health: 'unhealthy' as const }, 'restart'],
  ])('%s: explains who cannot reach it, and nothing else is blamed', (condition, facts, fix) => {
    const said = condition === 'unhealthy' ? [[3600, 'Waiting for connections'] as const] : []
    const { symptoms, causes, verdict } = down({ facts, said })
    const found = only(symptoms, `database-${condition}`)
    expect(found).toMatchObject({ symptom: 'connection', severity: 'fail', about: 'mongodb' })
    expect(found.fix?.title).toContain(fix)
    expect(found.because.join('\n')).toContain('api says: MongoServerSelectionError')
    expect(found.candidates).toContainEqual(
      expect.objectContaining({ cause: 'wrong-network', ruledOutBy: expect.any(String) as string }),
    )
    expect(causes).not.toContain('wrong-network')
    expect(causes).not.toContain('name-wrong')
    expect(verdict).toBe('fail')
  })

  test('a service that loops because of it is told as that', () => {
    const loop = { state: 'restarting' as const, restarts: 9, exitCode: 1 }
    const { symptoms } = judged({
      services: saw([
        database({ facts: { state: 'exited' } }),
        api({ facts: { ...loop, startedAt: '2026-11-21T13:59:50.000Z' }, said: [[5, refused]] }),
      ]),
      targets: [unreached()],
    })
    expect(only(symptoms, 'dependency-down')).toMatchObject({
      severity: 'warn',
      about: 'api',
      fix: null,
    })
    expect(symptoms[0]?.cause).toBe('database-stopped')
  })

  test('a container that is not of a compose project is started by docker', () => {
    const told = { facts: { state: 'paused' as const }, outside: true }
    const alone = service('db', told, { target: 'medical' })
    const { symptoms } = judged({ services: saw([alone]), targets: [unreached()] })
    expect(only(symptoms, 'database-paused')).toMatchObject({
      fix: null,
      next: expect.arrayContaining(['docker unpause healthcare_db']) as string[],
    })
  })
})

describe('a service that does not reach a database that is well', () => {
  const told = (one: ReturnType<typeof service>) => judged({ services: saw([database(), one]) })

  test('is on another network', () => {
    const { symptoms } = told(
      api({ facts: { networks: { other: ['api'] } }, said: [[20, unresolved]] }),
    )
    expect(only(symptoms, 'wrong-network')).toMatchObject({ severity: 'fail', about: 'api' })
    expect(symptoms).toHaveLength(1)
  })

  test('and has not complained yet: that is doubtful', () => {
    const { symptoms } = told(api({ facts: { networks: { other: ['api'] } } }))
    expect(only(symptoms, 'wrong-network').severity).toBe('warn')
  })

  test('looks for a name that nothing goes by', () => {
    const environment = { MONGO_URI: 'mongodb://user:hunter2@mongo/' }
    const said = [[20, 'getaddrinfo EAI_AGAIN mongo']] as const
    const { symptoms } = told(api({ facts: { environment }, said }))
    const found = only(symptoms, 'name-wrong')
    expect(found.says).toContain('"mongo"')
    expect(JSON.stringify(symptoms)).not.toContain('hunter2')
  })

  test('looks for it in its own container', () => {
    const environment = { MONGO_URI: 'mongodb://localhost:27017' }
    const said = [[20, 'connect ECONNREFUSED 127.0.0.1:27017']] as const
    expect(told(api({ facts: { environment }, said })).causes).toEqual(['localhost-in-container'])
  })

  test('asks for another port', () => {
    const environment = { MONGO_URI: 'mongodb://mongodb:27018' }
    expect(told(api({ facts: { environment }, said: [[20, refused]] })).causes).toEqual([
      'port-wrong',
    ])
  })

  test('uses a password that is wrong', () => {
    const said = [[20, 'MongoServerError: Authentication failed.']] as const
    const { symptoms } = judgeTroubles(
      evidence({ services: saw([database(), api({ said })]) }),
      'connection',
    )
    expect(only(symptoms, 'application-sign-in-refused')).toMatchObject({ symptom: 'access' })
  })

  test('and loops for that reason: the reason is told, not the loop as well', () => {
    const environment = { MONGO_URI: 'mongodb://mongo:27017' }
    const facts = {
      environment,
      state: 'restarting' as const,
      restarts: 5,
      exitCode: 1,
      startedAt: '2026-11-21T13:59:50.000Z',
    }
    const { symptoms } = told(api({ facts, said: [[5, 'getaddrinfo ENOTFOUND mongo']] }))
    expect(only(symptoms, 'name-wrong').also).toEqual(['restart-loop'])
    expect(symptoms).toHaveLength(1)
  })

  test('for a reason that is not known: the candidates are named, with what would tell', () => {
    const { symptoms, verdict } = told(api({ said: [[20, refused]] }))
    const found = only(symptoms, 'not-told-apart')
    expect(found.severity).toBe('unknown')
    expect(found.candidates.every((one) => 'needs' in one)).toBe(true)
    expect(verdict).toBe('warn')
  })

  test('and has gone on since without a complaint: it has got over it', () => {
    const said = [
      [90, refused],
      [20, 'GET /patients 200'],
    ] as const
    expect(told(api({ said })).symptoms).toEqual([])
  })

  test('in a run before the present one is past, and so is what it said before the database was started', () => {
    expect(told(api({ said: [[7 * 3600, refused]] })).symptoms).toEqual([])
    const later = database({ facts: { startedAt: '2026-11-21T13:59:00.000Z' } })
    const { symptoms } = judged({ services: saw([later, api({ said: [[50, refused]] })]) })
    expect(symptoms).toEqual([])
  })
})

describe('what could not be looked at', () => {
  test('is not known, and never called good', () => {
    const { symptoms, verdict, clear } = judged({
      services: { state: 'unseen', because: 'no answer within 45 s' },
    })
    expect(only(symptoms, 'not-seen').severity).toBe('unknown')
    expect(verdict).toBe('warn')
    expect(clear).not.toContain('connection')
    expect(clear).not.toContain('restart-loop')
  })

  test('a server that says nothing while its container runs', () => {
    const { symptoms } = judged({ targets: [unreached('MONGO_UNREACHABLE', 'it does not answer')] })
    expect(only(symptoms, 'server-silent').severity).toBe('fail')
  })

  test('an engine that does not answer, or does not let us', () => {
    const code = 'ENGINE_UNREACHABLE'
    const engine = { state: 'refused' as const, code, message: 'connect ENOENT', next: [] }
    expect(judged({ engine, targets: [] }).causes).toContain('engine-unreachable')
    const denied = { ...engine, message: 'connect EACCES /var/run/docker.sock' }
    expect(judged({ engine: denied, targets: [] }).causes).toContain('engine-forbidden')
  })
})
