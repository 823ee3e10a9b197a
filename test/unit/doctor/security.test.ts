import { describe, expect, test } from 'vitest'
import {
  judgeAccount,
  judgeApplications,
  judgeStrangers,
} from '../../../src/checks/doctor/account.js'
import type { PasswordSeen, TargetEvidence, WireSeen } from '../../../src/checks/doctor/evidence.js'
import { judgeKeyPlaces } from '../../../src/checks/doctor/keyPlaces.js'
import { judgePassword, passwordStrength } from '../../../src/checks/doctor/password.js'
import { judgeEngineAccess, judgeWire } from '../../../src/checks/doctor/wire.js'
import type { EngineFacts } from '../../../src/ports/engine.js'
import type { PathFacts } from '../../../src/ports/machine.js'
import { mongodb, refusal, rights, saw, silence, target, told } from './scene.js'

const exposed = saw({ ...mongodb, ports: { '27017/tcp': [{ host: '0.0.0.0', port: 27_017 }] } })
const severities = (found: readonly { readonly severity: string }[]) =>
  found.map(({ severity }) => severity)

describe('who does not sign in', () => {
  const judged = (changes: Partial<TargetEvidence>) => severities(judgeStrangers(target(changes)))

  test('is refused by a server that asks for a password', () => {
    expect(judged({})).toEqual(['ok'])
  })

  test('is answered by one without authorization, though a sign-in works there too', () => {
    expect(judged({ strangers: saw(true) })).toEqual(['warn'])
    expect(judged({ strangers: saw(true), container: exposed })).toEqual(['fail'])
  })

  test('is unknown where nobody could knock', () => {
    expect(judged({ strangers: silence })).toEqual(['unknown'])
  })

  test('is told of once: where ops itself does not sign in, its sign-in tells', () => {
    expect(
      judged({ strangers: saw(true), rights: saw({ ...rights, authenticated: false }) }),
    ).toEqual([])
  })
})

describe('the user that ops signs in as', () => {
  const judged = (changes: Partial<TargetEvidence>) => judgeAccount(target(changes))

  test('is warned of where he may do everything, with the way to one who may less', () => {
    const [found] = judged({ rights: saw({ ...rights, mayDoEverything: true }) })
    expect(found).toMatchObject({ severity: 'warn' })
    expect(found?.next[0]).toMatch(/^ops doctor --roles --target medical/)
    expect(severities(judged({}))).toEqual(['ok'])
    expect(severities(judged({ rights: silence }))).toEqual(['unknown'])
  })
})

describe('services of the stack', () => {
  const judged = (services: readonly string[], administrators = 1) =>
    judgeApplications(
      target({ applications: saw({ administrators, services, databases: ['a"b'] }) }),
    )

  test('that sign in as the administrator are named, with the user to make instead', () => {
    const [found] = judged(['api', 'reports'])
    expect(found).toMatchObject({ severity: 'warn', value: ['api', 'reports'] })
    expect(found?.next[0]).toContain(String.raw`db: "a\"b"`)
  })

  test('are fine with users of their own; without a known administrator nothing is said', () => {
    expect(severities(judged([]))).toEqual(['ok'])
    expect(judged([], 0)).toEqual([])
    expect(severities(judgeApplications(target({ applications: silence })))).toEqual(['unknown'])
  })
})

describe('a password', () => {
  test.each<[string, string, PasswordSeen]>([
    ['root', 'ChangeMe', 'common'],
    ['root', 'healthcare123', 'common'],
    ['medical-ops', 'Medical-Ops', 'the name'],
    ['root', 'kX9#q!2', 'short'],
    ['root', 'kX9#q!2z', 'fair'],
    ['', '', 'short'],
  ])('of %s: "%s" is %s', (username, password, strength) => {
    expect(passwordStrength(username, password)).toBe(strength)
  })

  test('that is easily guessed is warned of, and fails where others can come and try', () => {
    expect(severities(judgePassword('medical', saw('common'), false))).toEqual(['warn'])
    expect(severities(judgePassword('medical', saw('short'), true))).toEqual(['fail'])
    expect(severities(judgePassword('medical', saw('fair'), true))).toEqual(['ok'])
  })

  test('that cannot be had is unknown; where there is none nothing is said', () => {
    expect(severities(judgePassword('medical', refusal('SECRET_UNAVAILABLE'), false))).toEqual([
      'unknown',
    ])
    expect(judgePassword('medical', undefined, false)).toEqual([])
    expect(judgePassword('medical', saw('none'), false)).toEqual([])
  })
})

describe('the way to a server', () => {
  const local: EngineFacts = {
    version: '28.1',
    apiVersion: '1.49',
    operatingSystem: 'linux',
    local: true,
    endpoint: 'unix:///var/run/docker.sock',
  }
  const away = saw({ ...local, local: false, endpoint: 'tcp://db01:2376', encrypted: true })
  const { container, ...outside } = target()
  const over = (wire: Partial<WireSeen>) =>
    severities(
      judgeWire(
        {
          ...outside,
          wire: saw({ elsewhere: ['db01'], encrypted: true, verified: true, ...wire }),
        },
        saw(local),
      ),
    )

  test('must be encrypted, and prove who is at its end, where it leaves this machine', () => {
    expect(over({})).toEqual(['ok'])
    expect(over({ verified: false })).toEqual(['warn'])
    expect(over({ encrypted: false, verified: false })).toEqual(['warn'])
    expect(over({ encrypted: false, elsewhere: [] })).toEqual([])
  })

  test('that is not known is unknown', () => {
    expect(severities(judgeWire({ ...outside, wire: silence }, saw(local)))).toEqual(['unknown'])
  })

  test('to a container of this machine goes over no network; to one of another machine it does', () => {
    expect(container).toBeDefined()
    expect(judgeWire(target({ container: exposed }), saw(local))).toEqual([])
    expect(severities(judgeWire(target({ container: exposed }), away))).toEqual(['warn'])
    expect(judgeWire(target({ container: exposed, tls: true }), away)).toEqual([])
    expect(judgeWire(target(), away)).toEqual([])
  })

  describe('to the engine', () => {
    const socket = (changes: Partial<PathFacts>) =>
      saw<PathFacts>({ path: '/var/run/docker.sock', kind: 'other', mode: 0o660, ...changes })
    const judged = (changes: Partial<PathFacts>) =>
      judgeEngineAccess(saw(local), socket(changes)).map(told)

    test('is a socket that only some may open', () => {
      expect(judged({})).toEqual([
        'ok: only the owner and the group of /var/run/docker.sock talk to the engine',
      ])
      expect(judged({ mode: 0o666 })).toEqual([
        'fail: every user of this machine may talk to the Docker engine',
      ])
      const hidden = saw({ path: '/x', kind: 'hidden' as const })
      expect(severities(judgeEngineAccess(saw(local), hidden))).toEqual(['unknown'])
      expect(severities(judgeEngineAccess(saw(local), silence))).toEqual(['unknown'])
    })

    test.each([
      ['tcp://db01:2375', false, 'fail'],
      ['tcp://127.0.0.1:2375', false, 'warn'],
      ['tcp://[::1]:2375', false, 'warn'],
      ['tcp://db01:2376', true, 'ok'],
      ['ssh://db01', true, 'ok'],
    ])('is %s, encrypted: %s: %s', (endpoint, encrypted, severity) => {
      const engine = saw({ ...local, local: false, endpoint, encrypted })
      expect(severities(judgeEngineAccess(engine, undefined))).toEqual([severity])
    })

    test('is unknown where the engine does not say where it is', () => {
      expect(severities(judgeEngineAccess(silence, undefined))).toEqual(['unknown'])
    })
  })
})

describe('keys', () => {
  const key = { file: '/shelf/key.txt', of: 'the shelf', folder: '/shelf' }
  const judged = (keyPlaces: NonNullable<TargetEvidence['keyPlaces']>) =>
    severities(judgeKeyPlaces(target({ keyPlaces })))

  test('that lie beside the backups protect nothing; in a place they leave with them', () => {
    expect(judged(saw([]))).toEqual(['ok'])
    expect(judged(saw([key]))).toEqual(['warn'])
    expect(judged(saw([key, { ...key, of: 'the place "usb"' }]))).toEqual(['fail'])
    expect(judged(silence)).toEqual(['unknown'])
    expect(judgeKeyPlaces(target())).toEqual([])
  })
})
