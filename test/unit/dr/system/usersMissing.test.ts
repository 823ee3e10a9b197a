import { describe, expect, test } from 'vitest'
import type { KitUser } from '../../../../src/domain/kit.js'
import { usersMissing, type KnownUsers } from '../../../../src/procedures/dr/system/usersMissing.js'
import { fakeWorld, medical } from '../../../fakes/world.js'
import { signal } from './scene.js'

const clerk: KitUser = { user: 'clerk', database: 'admin', roles: ['read@medical_records'] }

/** What is missing on a server that has these users. */
async function missing(known: KnownUsers, now: readonly KitUser[]) {
  const { world, server } = fakeWorld()
  const connect = server.connect.bind(server)
  server.connect = async () => ({ ...(await connect()), users: () => Promise.resolve(now) })
  const found = await usersMissing(medical, known, world, signal)
  return found.map(({ name, because }) => [name, because])
}

describe('users that are not back', () => {
  test('are those that the kit names, with what they may do', async () => {
    expect(await missing({ named: [clerk], inArchive: 1 }, [])).toEqual([
      ['clerk@admin', expect.stringContaining('read@medical_records') as unknown],
    ])
    expect(await missing({ named: [clerk] }, [clerk])).toEqual([])
  })

  test('are counted against the archive where no kit names them', async () => {
    expect(await missing({ inArchive: 1 }, [clerk])).toEqual([])
    expect(await missing({ inArchive: 2 }, [clerk])).toEqual([
      ['medical', '1 users can be seen, and the backup holds 2'],
    ])
  })

  test('are not known where neither says anything, which is said', async () => {
    expect(await missing({}, [clerk])).toEqual([
      ['medical', expect.stringContaining('does not say which users') as unknown],
    ])
  })
})
