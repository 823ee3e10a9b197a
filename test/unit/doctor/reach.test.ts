import { describe, expect, test } from 'vitest'
import type { ContainerSeen, Published } from '../../../src/checks/doctor/evidence.js'
import { isExposed, judgePort } from '../../../src/checks/doctor/reach.js'
import { mongodb, refusal, saw, silence } from './scene.js'

const at = (host: string): Published => ({ host, port: '27017', inside: '27017' })

describe('the published port', () => {
  const judged = (host: string, open = false) =>
    judgePort(
      'medical',
      saw({ ...mongodb, ports: { '27017/tcp': [{ host, port: 27_017 }] } }),
      open,
    )

  test.each(['127.0.0.1', '127.0.1.1', '::1'])('%s is this machine only', (host) => {
    expect(judged(host).severity).toBe('ok')
  })

  test.each(['0.0.0.0', '::', '', '10.0.0.7'])(
    '"%s" can be reached from other machines',
    (host) => {
      expect(judged(host).severity).toBe('warn')
      expect(judged(host, true).severity).toBe('fail')
    },
  )

  test('is the one that the server listens on: others are of other programs', () => {
    const ports = {
      '27017/tcp': [{ host: '127.0.0.1', port: 27_017 }],
      '27018/udp': [{ host: '', port: 27_018 }],
      '9216/tcp': [{ host: '0.0.0.0', port: 9216 }],
    }
    const of = (serverPort?: number) =>
      judgePort(
        'medical',
        saw({ ...mongodb, ports, ...(serverPort === undefined ? {} : { serverPort }) }),
        false,
      ).severity
    expect(of(27_017)).toBe('ok')
    expect(of(9216)).toBe('warn')
    expect(of(27_018)).toBe('ok')
    // A configuration file may name any of them.
    expect(of()).toBe('warn')
  })

  test('that is not published is fine', () => {
    expect(judgePort('medical', saw({ ...mongodb, ports: {} }), false).severity).toBe('ok')
    expect(judgePort('medical', silence, false).severity).toBe('unknown')
  })
})

describe('what the compose files would publish', () => {
  const container = (changes: Partial<ContainerSeen> = {}) => saw({ ...mongodb, ...changes })

  test('is told of before the next start makes it so', () => {
    const found = judgePort('medical', container(), false, saw([at('')]))
    expect(found).toMatchObject({ severity: 'warn' })
    expect(found.next[0]).toContain('127.0.0.1:27017:27017')
    expect(
      judgePort('medical', refusal('CONTAINER_NOT_FOUND'), false, saw([at('0.0.0.0')])),
    ).toMatchObject({ severity: 'warn' })
  })

  test('is all that is known of a container that is stopped', () => {
    const stopped = container({ state: 'exited', ports: {} })
    expect(judgePort('medical', stopped, false, saw([at('127.0.0.1')])).severity).toBe('ok')
    expect(judgePort('medical', stopped, false, saw([at('::')])).severity).toBe('warn')
    expect(judgePort('medical', stopped, false, silence).severity).toBe('unknown')
    expect(judgePort('medical', stopped, false).severity).toBe('unknown')
  })

  test('that cannot be read takes nothing from what runs', () => {
    expect(judgePort('medical', container(), false, silence).severity).toBe('ok')
  })
})

describe("a container on its machine's own network", () => {
  const sharing = (host: string) => saw({ ...mongodb, ports: {}, listensOn: [at(host)] })

  test('is reached wherever its server listens, though it publishes nothing', () => {
    const found = judgePort('medical', sharing(''), false)
    expect(found.severity).toBe('warn')
    expect(found.next[0]).toContain('--bind_ip 127.0.0.1')
    expect(judgePort('medical', sharing(''), true).severity).toBe('fail')
    expect(judgePort('medical', sharing('127.0.0.1'), false).severity).toBe('ok')
  })

  test('counts as within reach of others', () => {
    expect(isExposed({ container: sharing('') })).toBe(true)
    expect(isExposed({ container: sharing('localhost') })).toBe(false)
    expect(isExposed({ container: silence })).toBe(false)
  })
})
