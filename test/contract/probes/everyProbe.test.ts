import { createServer, type AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Probes } from '../../../src/ports/probes.js'
import { Failure } from '../../../src/domain/failure.js'
import { fakeProbes, until, wellFacts } from '../../fakes/probes.js'
import { checkOf, kinds } from '../../unit/declared/checks.js'
import { calm, overAfter, realProbes } from './machine.js'

let folder: string
let port: number
const server = createServer()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-probes-'))
  await writeFile(join(folder, 'visits.csv'), 'x')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

/** The same small world in memory. */
const inMemory = fakeProbes({
  tcp: (asked, signal) =>
    asked.greeting === undefined
      ? Promise.resolve(
          asked.port === port
            ? wellFacts.tcp
            : { answered: false, because: 'nobody listens there (ECONNREFUSED)' },
        )
      : until(signal),
  disk: ({ path }) =>
    path === folder
      ? Promise.resolve(wellFacts.disk)
      : Promise.reject(new Failure('environment', 'PATH_UNSEEN', 'it is not there', [])),
  freshness: (of) =>
    Promise.resolve(
      of.kind === 'files' && of.glob === join(folder, '*.csv')
        ? { found: 1, newest: new Date().toISOString(), unseen: 0 }
        : { found: 0, newest: null, unseen: 0 },
    ),
})

describe.each<[string, () => Probes]>([
  ['in memory', () => inMemory],
  ['on this machine', () => realProbes()],
])('probes %s', (_, make) => {
  test.each(kinds)('%s is not begun once the run is over', async (kind) => {
    const over = AbortSignal.abort(new Error('the run is over'))
    const asked = make()[kind](checkOf(kind).probe as never, over)
    await expect(asked).rejects.toThrow('the run is over')
  })

  test('tell that somebody does not answer as a fact', async () => {
    const there = { host: '127.0.0.1', port }
    expect(await make().tcp(there, calm)).toMatchObject({ answered: true })
    const nobody = await make().tcp({ host: '127.0.0.1', port: 1 }, calm)
    expect(nobody).toEqual({ answered: false, because: 'nobody listens there (ECONNREFUSED)' })
  })

  test('throw what keeps them from looking', async () => {
    await expect(make().disk({ path: folder, requireMount: false }, calm)).resolves.toMatchObject({
      usedPercent: expect.any(Number) as number,
    })
    const missing = make().disk({ path: join(folder, 'nowhere'), requireMount: false }, calm)
    await expect(missing).rejects.toMatchObject({ code: 'PATH_UNSEEN', kind: 'environment' })
  })

  test('end with the signal’s reason while they wait', async () => {
    const waiting = { host: '127.0.0.1', port, greeting: 'hello' }
    await expect(make().tcp(waiting, overAfter(50))).rejects.toThrow('the time is up')
  })

  test('find the newest, or that there is none', async () => {
    const csv = { kind: 'files', glob: join(folder, '*.csv') } as const
    expect(await make().freshness(csv, calm)).toMatchObject({ found: 1, unseen: 0 })
    const none = { kind: 'files', glob: join(folder, '*.json') } as const
    expect(await make().freshness(none, calm)).toEqual({ found: 0, newest: null, unseen: 0 })
  })
})
