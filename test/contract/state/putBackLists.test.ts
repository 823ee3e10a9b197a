import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { filePutBackLists } from '../../../src/adapters/state/putBackLists.js'
import type { ListedBatch, PutBackLists } from '../../../src/ports/putBackLists.js'
import { fakePutBackLists } from '../../fakes/putBackLists.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-state-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const batch = (...ids: number[]): ListedBatch => ({
  namespace: { database: 'medical', collection: 'visits' },
  documents: ids.map((id) => ({ id: Buffer.from([id]), sha256: id.toString() })),
})

async function listed(lists: PutBackLists, name: string): Promise<string[][]> {
  const found: string[][] = []
  for await (const { documents } of lists.read(name))
    found.push(documents.map(({ sha256 }) => sha256))
  return found
}

describe.each<[string, () => PutBackLists]>([
  ['in memory', () => fakePutBackLists()],
  ['in files', () => filePutBackLists(folder)],
])('lists of what is put back %s', (_name, make) => {
  test('are read back batch by batch, without what was not put back', async () => {
    const lists = make()
    const list = await lists.write('f00d')
    await list.about(batch(1, 2, 3))
    await list.butNot([1])
    await list.about(batch(4))
    await list.about(batch(5))
    await list.close()
    expect(await listed(lists, 'f00d')).toEqual([['1', '3'], ['4'], ['5']])
  })

  test('that are not there are lost, and no list of nothing', async () => {
    await expect(listed(make(), 'nowhere')).rejects.toMatchObject({
      code: 'PUT_BACK_LIST_LOST',
      exitCode: 12,
    })
  })

  test('are begun before anything is known that they are about, and gone on with', async () => {
    const lists = make()
    await (await lists.write('f00d')).close()
    expect(await listed(lists, 'f00d')).toEqual([])
    const list = await lists.write('f00d')
    await list.about(batch(1))
    await list.close()
    expect(await listed(lists, 'f00d')).toEqual([['1']])
  })
})

describe('a list in a file', () => {
  test('is for its owner alone, and a line that was cut off counts for nothing', async () => {
    const lists = filePutBackLists(folder)
    const list = await lists.write('f00d')
    await list.about(batch(1))
    await list.close()
    const path = join(folder, 'put-back', 'f00d.jsonl')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await appendFile(path, '{"database":"medical","collection":"visits","docu')
    expect(await listed(lists, 'f00d')).toEqual([['1']])
    await appendFile(path, '\n{"not":[0]}\n')
    await expect(listed(lists, 'f00d')).rejects.toMatchObject({ code: 'PUT_BACK_LIST_LOST' })
  })

  test('that cannot be written says where', async () => {
    await expect(filePutBackLists('/dev/null').write('f00d')).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
    })
  })
})
