import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mongoImage } from '../../support/mongoServer.js'
import { calm, overAfter, realProbes } from './machine.js'

const token = randomBytes(4).toString('hex')
const project = `probes${token}`
const name = (service: string) => `ops-probes-${token}-${service}`

const scripts = {
  api: 'echo "ERROR one"; echo "an ERROR within"; echo "ERROR two" >&2; sleep 600',
  terminal: 'echo "ERROR in colours"; sleep 600',
  mute: 'sleep 600',
  unkept: 'echo ERROR; sleep 600',
  loud: 'head -c 30000000 /dev/zero | tr "\\0" x | fold -w 300; echo; sleep 600',
  complaining: '(head -c 30000000 /dev/zero | tr "\\0" x | fold -w 300; echo) >&2; sleep 600',
}

beforeAll(async () => {
  for (const [service, script] of Object.entries(scripts)) {
    const labels = [`project=${project}`, `service=${service}`].flatMap((label) => [
      '--label',
      `com.docker.compose.${label}`,
    ])
    const tty = service === 'terminal' ? ['--tty'] : []
    if (service === 'unkept') tty.push('--log-driver', 'none')
    const named = ['--name', name(service), '--label', 'ops.test=probes', ...labels, ...tty]
    const program = ['--entrypoint', 'sh', mongoImage(), '-c', script]
    await execa('docker', ['run', '--detach', '--init', ...named, ...program])
  }
  await sleep(1500)
}, 60_000)

afterAll(() =>
  execa('docker', ['rm', '--force', ...Object.keys(scripts).map(name)], { reject: false }),
)

const read = (service: string, seconds: number, source?: string, signal = calm) =>
  realProbes({ project }).log(
    {
      service,
      seconds,
      ...(source === undefined ? {} : { pattern: { source, ignoreCase: false } }),
    },
    signal,
  )

describe('a log', () => {
  test('is counted as the service wrote it: nothing stands before a line', async () => {
    expect(await read('api', 60, '^ERROR')).toMatchObject({ lines: 3, matching: 2 })
    expect(await read('api', 60, 'ERROR')).toMatchObject({ lines: 3, matching: 3 })
    expect(await read('terminal', 60, '^ERROR in colours$')).toMatchObject({
      lines: 1,
      matching: 1,
    })
  })

  test('counts lines where there is no pattern, and none where nothing was written', async () => {
    expect(await read('api', 60)).toMatchObject({ lines: 3, matching: 0 })
    expect(await read('mute', 60)).toMatchObject({ lines: 0, matching: 0 })
  })

  test('says how far back it goes, where the container is younger than what is asked', async () => {
    const { coveredSeconds = Infinity } = await read('api', 3600)
    expect(coveredSeconds).toBeGreaterThan(0)
    expect(coveredSeconds).toBeLessThan(600)
    expect(await read('api', 1)).not.toHaveProperty('coveredSeconds')
  })

  test('is read as far back as is asked', async () => {
    await sleep(2500)
    expect(await read('api', 1, 'ERROR')).toMatchObject({ lines: 0, matching: 0 })
  })

  test('that is large is read to its end, or left when the time is up', async () => {
    await expect(read('loud', 60, 'x', overAfter(5))).rejects.toThrow('the time is up')
    for (const service of ['loud', 'complaining'])
      expect(await read(service, 60, '^x{300}$')).toMatchObject({
        lines: 100_000,
        matching: 100_000,
      })
  })

  test('that the engine does not keep cannot be looked at', async () => {
    await expect(read('unkept', 60)).rejects.toMatchObject({
      code: 'LOG_UNREADABLE',
      kind: 'environment',
    })
  })

  test('of a service without a container cannot be looked at', async () => {
    await expect(read('x', 60)).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' })
  })
})
