import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UndoResult } from '../../../src/procedures/restore/undone.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { answerOf, type Answer } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import { clerk, goneHost, recovered, type GoneHost } from '../../support/goneHost.js'

const prefix = `opsgone${process.pid.toString()}`
const made = cleanUp()
let gone: GoneHost
let secrets: Record<string, string>

beforeAll(async () => {
  gone = await goneHost(prefix, made, 2_000)
  secrets = gone.secrets
}, 180_000)
afterAll(() => made.all())

describe('ops dr system', () => {
  test('names the secrets that it needs, and changes nothing without them', async () => {
    const host = await gone.bareHost('bare')
    const argv = ['dr', 'system', '--from', gone.place]
    const expected = { exitCode: 6, code: 'SECRETS_MISSING' }
    const { error } = await failsBothWays(host, argv, expected)
    expect(error.facts?.['variables']).toEqual(['MONGO_ROOT_PASSWORD', 'MONGO_ROOT_USERNAME'])
    const given = await failsBothWays(host, argv, expected, { env: secrets })
    const files = Object.keys(clerk).map((name) => join(host.folder, 'secrets', name))
    expect(given.error.facts?.['files']).toEqual(
      files.map((path) => `${path} (sign-in of medical)`),
    )
    expect(await readdir(host.folder)).toEqual([])
  })

  test('shows in a dry run what it would do, and leaves nothing behind', async () => {
    const host = await gone.bareHost()
    const ended = await ops(host, ['dr', 'system', '--from', gone.place, '--dry-run'], {
      env: secrets,
    })
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('stack/mongodb/start.sh')
    expect(ended.stdout).toContain('read to its end')
    expect(ended.stdout).toContain('Not back: file records')
    expect(ended.stdout).toMatch(/and the slice behind it, up to .*: \d+ operations to replay/)
    expect(await readdir(host.folder)).toEqual(['secrets'])
    expect(await gone.hasVolume()).toBe(false)
  })

  test('brings everything back on a host that has nothing, with an equal hash', async () => {
    const host = await gone.bareHost()
    const result = recovered(await gone.recover(host))
    await gone.isAsBefore()
    expect(result.services).toEqual(['desk'])
    const desk = ['exec', `${prefix}-desk-1`, 'printenv', 'GREETING']
    expect((await execa('docker', desk)).stdout).toBe('hello')
    expect(result.restored).toMatchObject([
      {
        target: 'medical',
        collections: {
          'medical_records.healthcare_data': { documents: 1_999 },
          'medical_records.visits': { documents: 300 },
        },
        replayed: { slices: 1 },
      },
    ])
    // It is a system that goes on: the next backup needs nothing else, and no secret is anywhere but in .env.
    answerOf(await ops(host, ['backup', '--json']))
    expect((await stat(join(host.folder, '.env'))).mode & 0o777).toBe(0o600)
    expect((await readdir(host.folder)).filter((name) => name.startsWith('.ops-'))).toEqual([])

    // What is there is never overwritten.
    const other = await gone.bareHost()
    const { error } = await failsBothWays(
      other,
      ['dr', 'system', '--from', gone.place, '--confirm', prefix],
      { exitCode: 6, code: 'SYSTEM_EXISTS' },
      { env: secrets },
    )
    expect(error.facts).toMatchObject({ volumes: [gone.volume] })
    await execa('docker', ['rm', '--force', gone.container, `${prefix}-desk-1`])
    const beside = await gone.recover(other)
    expect(beside.exitCode, beside.stdout).toBe(6)
    expect(await readdir(other.folder)).toEqual(['secrets'])
    await gone.removeStack()
  }, 180_000)

  test('goes on where it was killed, as often as it is', async () => {
    const host = await gone.bareHost()
    // Files are written; the server runs; the data is back, and not on record; it is.
    for (const point of ['started#2', 'started#2', 'done#3', 'started#4']) {
      const env = { ...secrets, OPS_FAILPOINT: `step ${point}:kill9` }
      expect((await gone.recover(host, env)).exitCode, point).toBe(137)
    }
    const again = await gone.recover(host)
    const result = recovered(again)
    expect((JSON.parse(again.stdout) as Answer<unknown>).warnings.join()).toContain('was cut off')
    expect(result.files.kept).toContain('docker-compose.yml')
    expect(result.restored).toMatchObject([{ target: 'medical', collections: null }])
    await gone.isAsBefore()
    const finished = ['undo', result.receipt ?? '', '--confirm', prefix]
    await failsBothWays(host, finished, { exitCode: 6, code: 'UNDO_IMPOSSIBLE' }, { env: secrets })
    await gone.removeStack()
  }, 180_000)

  test('is taken away by ops undo where it did not come to its end', async () => {
    const host = await gone.bareHost()
    const env = { ...secrets, OPS_FAILPOINT: 'step started#4:kill9' }
    expect((await gone.recover(host, env)).exitCode).toBe(137)
    expect(await gone.hasVolume()).toBe(true)
    const argv = ['undo', '--confirm', prefix, '--json']
    const { result } = answerOf<UndoResult>(await ops(host, argv, { env: secrets }))
    expect(result).toMatchObject({ target: prefix, dropped: [gone.volume] })
    expect(await gone.hasVolume()).toBe(false)
    recovered(await gone.recover(host))
    await gone.isAsBefore()
    await gone.removeStack()
  }, 180_000)

  test('refuses files of the same name that are others', async () => {
    const host = await gone.bareHost()
    await writeFile(join(host.folder, 'docker-compose.yml'), 'services: {}\n')
    const argv = ['dr', 'system', '--from', gone.place, '--confirm', prefix]
    const expected = { exitCode: 6, code: 'FILES_DIFFER' }
    await failsBothWays(host, argv, expected, { env: secrets })
    expect(await readFile(join(host.folder, 'docker-compose.yml'), 'utf8')).toBe('services: {}\n')
  })
})
