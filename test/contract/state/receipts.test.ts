import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineHost } from '../../../src/adapters/host/host.js'
import { fileReceipts } from '../../../src/adapters/state/receipts.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import type { Receipts } from '../../../src/ports/receipts.js'
import { fakeReceipts } from '../../fakes/receipts.js'

let folder = ''
const host = machineHost('0.1.0')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-state-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const receipt = (id: string, startedAt: string): Receipt => ({
  id,
  command: 'restore',
  target: 'medical',
  title: 'restore medical',
  startedAt,
  state: 'started',
  actor: 'carla',
  host: host.name,
  pid: host.pid,
  steps: [],
})

describe.each<[string, () => Receipts]>([
  ['in memory', () => fakeReceipts()],
  ['in files', () => fileReceipts(folder, host)],
])('receipts %s', (_name, make) => {
  test('are read back as they were written, newest first', async () => {
    const receipts = make()
    await receipts.save(receipt('restore-1', '2026-11-21T13:00:00.000Z'))
    await receipts.save(receipt('restore-2', '2026-11-21T14:00:00.000Z'))
    await receipts.save({ ...receipt('restore-1', '2026-11-21T13:00:00.000Z'), state: 'done' })
    expect((await receipts.list()).map(({ id, state }) => [id, state])).toEqual([
      ['restore-2', 'started'],
      ['restore-1', 'done'],
    ])
    expect(await receipts.read('restore-1')).toMatchObject({ state: 'done' })
    expect(await receipts.read('restore-3')).toBeUndefined()
  })

  test('of a process that runs are not abandoned', async () => {
    const receipts = make()
    const mine = receipt('restore-1', '2026-11-21T13:00:00.000Z')
    await receipts.save(mine)
    expect(await receipts.abandoned(mine)).toBe(false)
  })
})

test('a receipt of a process that is gone is abandoned', async () => {
  const gone = fileReceipts(folder, { ...host, pid: 999_999 })
  const theirs = { ...receipt('restore-1', '2026-11-21T13:00:00.000Z'), pid: 999_999 }
  await gone.save(theirs)
  expect(await fileReceipts(folder, host).abandoned(theirs)).toBe(true)
})

test('one that cannot be read stops none of the others, and is named', async () => {
  const receipts = fileReceipts(folder, host)
  await receipts.save(receipt('good', '2026-11-21T13:00:00.000Z'))
  const place = join(folder, 'receipts')
  await writeFile(join(place, 'cut.json'), '{"id": "cu')
  await writeFile(join(place, 'empty.json'), 'null')
  await mkdir(join(place, 'folder.json'))
  expect((await receipts.list()).map(({ id }) => id)).toEqual(['good'])
  expect((await receipts.unreadable()).map(({ file }) => file).toSorted()).toEqual(
    ['cut', 'empty', 'folder'].map((id) => join(place, `${id}.json`)),
  )
  await expect(receipts.read('cut')).rejects.toMatchObject({ code: 'RECEIPT_UNREADABLE' })
  expect(await receipts.read('missing')).toBeUndefined()
  await receipts.save(receipt('cut', '2026-11-21T14:00:00.000Z'))
  expect(await receipts.list()).toHaveLength(2)
})
