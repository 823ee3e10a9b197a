import { describe, expect, test } from 'vitest'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { bringUsersBack } from '../../../src/procedures/dr/corruption/users.js'
import { openSource } from '../../../src/procedures/restore/source.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

async function scene(users: readonly string[]) {
  const { world, server } = fakeWorld()
  server.collection('medical_records', 'patients', [{ _id: 1 }])
  server.collection(
    'admin',
    'system.users',
    users.map((name) => ({ _id: name })),
  )
  const request = { target: medical, compression, safety: false }
  await carriedOut(await takeBackup.plan(request, world), world)
  server.databases.clear()
  server.log.length = 0
  const source = await openSource({ kind: 'latest' }, medical, world)
  const { tools } = await world.tools.choose(medical)
  const warnings: string[] = []
  const context = {
    signal: new AbortController().signal,
    detail: () => undefined,
    amount: () => undefined,
    remember: () => Promise.resolve(),
    warn: (text: string) => warnings.push(text),
  }
  const back = () => bringUsersBack({ source, target: medical, tools }, world, context)
  return { server, back, warnings }
}

describe('users and roles', () => {
  test('of the backup come back alone, and those that are missing then are told of', async () => {
    const { server, back, warnings } = await scene(['root', 'nurse'])
    expect(await back()).toEqual({ users: 1, inBackup: 2 })
    expect(server.log).toEqual(['restore admin.system.users'])
    expect(warnings.join()).toContain('1 users are there')
  })

  test('that mongorestore does not take are told of, and nothing else is given up', async () => {
    const { server, back, warnings } = await scene(['root'])
    server.mischief = { restoreExitCode: 1 }
    expect(await back()).toBeUndefined()
    expect(warnings.join()).toContain(
      'could not be brought back: mongorestore left with exit code 1',
    )
  })
})
