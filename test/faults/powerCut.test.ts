import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, type Place } from '../support/cli.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 1_000)
  place = await placeFor(server)
})
afterAll(async () => {
  await place.remove()
  await server.remove()
})

test('whatever a power cut leaves is whole: each file is synced before it has its name, the folder after, the manifest last', async () => {
  const trace = join(place.folder, 'trace')
  const { exitCode } = await ops(place, ['backup', '--json'], {
    env: { OPS_FAILPOINT_TRACE: trace },
  })
  expect(exitCode).toBe(0)
  const lines = (await readFile(trace, 'utf8')).trim().split('\n')
  const calls = lines
    .filter((line) => !line.startsWith('step'))
    .map((line) => line.replace(/#\d+/, '').replace(/\/\S*\/(?=[^/]+$)/, ''))
  const published = calls.slice(
    calls.findIndex((call) => /^rename .*\.archive\.gz$/.test(call)) - 1,
  )
  const names = published.map((call) =>
    call
      .replace(/medical-\d{8}T\d{6}Z(-\d+)?/, 'ID')
      .replace(/\.\d+-\d+@[\w-]+\.partial$/, '.partial'),
  )
  expect(names.slice(0, 11)).toEqual([
    'sync file',
    'rename ID.archive.gz',
    'sync medical',
    'open ID.sha256.partial',
    expect.stringMatching(/^write \d+ bytes$/),
    'sync file',
    'rename ID.sha256',
    'sync medical',
    'open ID.json.partial',
    expect.stringMatching(/^write \d+ bytes$/),
    'sync file',
  ])
  expect(names.slice(11, 13)).toEqual(['rename ID.json', 'sync medical'])
})
