import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 500, 100)
  place = await placeFor(server)
  const path = join(place.folder, 'ops.yaml')
  const yaml = await readFile(path, 'utf8')
  const retention =
    '{keepWithin: 1s, last: 2, daily: 0, weekly: 0, monthly: 0, minGood: 2, trash: 7d}'
  await writeFile(
    path,
    yaml.replace('  shelf: ./shelf', `  shelf: ./shelf\n  retention: ${retention}`),
  )
})
afterAll(async () => {
  await place.remove()
  await server.remove()
})

interface Answer {
  readonly result: {
    readonly id: string
    readonly receipt: string
    readonly returned: readonly string[]
    readonly backups: readonly {
      readonly id: string
      readonly retention: { readonly keep: boolean; readonly reasons: { rule: string }[] }
    }[]
    readonly targets: readonly {
      readonly removed: readonly string[]
      readonly receipt: string
      readonly verdicts: readonly { readonly id: string; readonly keep: boolean }[]
    }[]
  }
}

async function answer(...argv: readonly string[]): Promise<Answer['result']> {
  const { exitCode, stdout, stderr } = await ops(place, [...argv, '--json'])
  expect(exitCode, stdout + stderr).toBe(0)
  return (JSON.parse(stdout) as Answer).result
}

const listed = async () => (await answer('backup', 'list')).backups.map(({ id }) => id)

describe('backups of a real server', () => {
  test('the retention follows each backup; a prune, its undo and a delete do what they say', async () => {
    const taken: string[] = []
    for (let at = 0; at < 3; at++) {
      taken.unshift((await answer('backup')).id)
      await new Promise((resolve) => setTimeout(resolve, 1_100))
    }
    const [third = '', second = '', first = ''] = taken
    // The third was young when it was taken, and pushed the first one out.
    expect(await listed()).toEqual([third, second])
    const { backups } = await answer('backup', 'list')
    expect(backups[0]?.retention.reasons.map(({ rule }) => rule)).toContain('last-good')

    const deleted = await answer('backup', 'delete', second, '--confirm', 'medical')
    expect(await listed()).toEqual([third])
    expect((await answer('undo')).returned).toEqual([second])
    expect(deleted.receipt).toContain('backup-delete')
    expect(await listed()).toEqual([third, second])

    const path = join(place.folder, 'ops.yaml')
    const yaml = await readFile(path, 'utf8')
    await writeFile(path, yaml.replace('last: 2', 'last: 1').replace('minGood: 2', 'minGood: 1'))
    const dry = await answer('backup', 'prune', '--dry-run')
    expect(dry.targets[0]?.verdicts).toMatchObject([
      { id: third, keep: true },
      { id: second, keep: false },
    ])
    expect(await listed()).toEqual([third, second])
    expect((await ops(place, ['backup', 'prune'])).exitCode).toBe(6)
    const [pruned] = (await answer('backup', 'prune', '--confirm', 'medical')).targets
    expect(pruned?.removed).toEqual([second])
    await answer('undo', pruned?.receipt ?? '')
    expect(await listed()).toEqual([third, second])
    await answer('backup', 'verify', '--all')
    expect(await listed()).not.toContain(first)
  })
})
