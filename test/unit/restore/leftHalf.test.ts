import { describe, expect, test } from 'vitest'
import { leftHalf, toldOf } from '../../../src/domain/leftHalf.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { heldBack } from '../../../src/procedures/dr/heldBack.js'
import { safetyBackupsInUse } from '../../../src/procedures/restore/safetyBackups.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { failureIn } from '../archive/feeding.js'
import { cutOffAgain, disaster, killed, restored, type Scene } from './scene.js'

const backUp = async (scene: Scene, settled?: string) => {
  const said = settled === undefined ? {} : { settled }
  const request = { target: medical, compression, safety: false, ...said }
  return carriedOut(await takeBackup.plan(request, scene.world), scene.world)
}

const undone = async (scene: Scene, receipt?: string) => {
  const named = receipt === undefined ? {} : { receipt }
  const request = { target: () => medical, safetyBackup: true, compression, ...named }
  const plan = await undo.plan(request, scene.world)
  return { ...(await carriedOut(plan, scene.world)), loses: plan.loses }
}

describe('a backup of data that a restore left half done', () => {
  test('is refused after a kill, and both ways on are named', async () => {
    const scene = await disaster()
    const id = await cutOffAgain(scene)
    const failure = await failureIn(backUp(scene))
    expect(failure).toMatchObject({ code: 'LEFT_HALF', exitCode: 6, facts: { receipt: id } })
    expect(failure.next[0]).toBe(`ops undo ${id}`)
    expect(failure.next[1]).toMatch(/^ops restore medical-.* --target medical$/)
    expect(await heldBack([], [medical], scene.world)).toContain(`ops undo ${id}`)
  })

  test('is refused after Ctrl-C, also where the restore failed between plan and run', async () => {
    const scene = await disaster()
    const request = { target: medical, compression, safety: false }
    const planned = await takeBackup.plan(request, scene.world)
    const id = await cutOffAgain(scene)
    const receipt = await scene.receipts.read(id)
    if (!receipt) throw new Error('a receipt')
    await scene.receipts.save({ ...receipt, state: 'failed' })
    await expect(carriedOut(planned, scene.world)).rejects.toMatchObject({ code: 'LEFT_HALF' })
    expect((await scene.shelf.list()).map(({ manifest }) => manifest.purpose)).toEqual([
      'safety',
      'backup',
    ])
  })

  test('is taken once an undo or the restore itself went through', async () => {
    for (const way of ['undo', 'restore'] as const) {
      const scene = await disaster()
      const id = await cutOffAgain(scene)
      await (way === 'undo' ? undone(scene, id) : restored(scene))
      scene.clock.advance(1000)
      await backUp(scene)
      expect(await heldBack([], [medical], scene.world)).toBeUndefined()
    }
  })

  test('is not helped by a restore of one collection', async () => {
    const scene = await disaster()
    await cutOffAgain(scene)
    await restored(scene, { choice: { collection: 'healthcare_data' } })
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'LEFT_HALF' })
  })

  test('is taken where somebody says that he put it right by hand, of this very run', async () => {
    const scene = await disaster()
    const id = await cutOffAgain(scene)
    await expect(backUp(scene, 'restore-x')).rejects.toMatchObject({ code: 'LEFT_HALF' })
    await backUp(scene, id)
    expect((await scene.receipts.read(id))?.settled?.because).toContain('by hand')
    scene.clock.advance(1000)
    await backUp(scene, id)
    await expect(backUp(scene, 'restore-x')).rejects.toMatchObject({ code: 'RECEIPT_NOT_FOUND' })
    await backUp(scene)
  })

  test('is taken where the restore was killed before it replaced anything', async () => {
    const scene = await disaster()
    const id = await cutOffAgain(scene)
    const receipt = await scene.receipts.read(id)
    if (!receipt) throw new Error('a receipt')
    await scene.receipts.save({ ...receipt, destroyed: false })
    const { warnings } = await backUp(scene)
    expect(warnings).toEqual([expect.stringContaining('no data was replaced')])
  })
})

describe('taking back a restore that was tried more than once', () => {
  test('brings the state before the first attempt, whose safety backup stays', async () => {
    const scene = await disaster()
    const first = await cutOffAgain(scene)
    const second = await cutOffAgain(scene)
    const { receipt, result } = await restored(scene)
    const original = (await scene.receipts.read(first))?.safetyBackup
    expect(receipt?.carried).toMatchObject({ from: first, safetyBackup: original })
    expect(result.safetyBackup).toBe(original)
    expect(await scene.receipts.read(second)).toMatchObject({ carried: { from: first } })
    const inUse = await safetyBackupsInUse(medical, scene.receipts)
    expect(inUse.get(original ?? '')).toEqual([receipt?.id, second, first])
    scene.clock.advance(1000)
    await undone(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
  })

  test('drops what it made where nothing was there before the first', async () => {
    const scene = await disaster()
    scene.server.databases.get('medical_records')?.clear()
    await cutOffAgain(scene)
    scene.server.collection('medical_records', 'rubble', [{ _id: 1 }])
    const { receipt } = await restored(scene)
    expect(receipt?.carried).toMatchObject({ emptyBefore: true })
    expect(receipt?.carried).not.toHaveProperty('safetyBackup')
    await undone(scene)
    expect(scene.server.state()['medical_records']).toEqual({})
  })

  test('says before that rubble comes back where the first state was not saved, and is then half done again', async () => {
    const scene = await disaster()
    await cutOffAgain(scene, { safetyBackup: false })
    const { receipt } = await restored(scene)
    expect(receipt).not.toHaveProperty('carried')
    scene.clock.advance(1000)
    const { loses, receipt: own } = await undone(scene)
    expect(loses[0]).toContain('left half done')
    scene.clock.advance(1000)
    const failure = await failureIn(backUp(scene))
    expect(failure).toMatchObject({ code: 'LEFT_HALF', facts: { receipt: own?.id } })
  })

  test('an undo that was killed is not what the next undo takes back', async () => {
    const scene = await disaster()
    const first = await cutOffAgain(scene)
    const request = { target: () => medical, safetyBackup: true, compression }
    const plan = await undo.plan(request, scene.world)
    await killed(plan, scene)
    const failure = await failureIn(backUp(scene))
    expect(failure.next[0]).toBe(`ops undo ${first}`)
    await undone(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    scene.clock.advance(1000)
    await backUp(scene)
  })
})

describe('what is half done', () => {
  const receipt = (id: string, more: Partial<Receipt>): Receipt => ({
    id,
    command: 'restore',
    target: 'medical',
    title: id,
    startedAt: '2026-11-21T12:00:00Z',
    state: 'failed',
    actor: 'me',
    host: 'here',
    pid: 1,
    steps: [],
    destroyed: true,
    touched: { databases: ['a'] },
    ...more,
  })
  const before: Receipt = {
    ...{ id: 'one', command: 'restore', target: 'medical', title: 'one', state: 'failed' as const },
    ...{ startedAt: '2026-11-21T12:00:00Z', actor: 'me', host: 'here', pid: 1, steps: [] },
  }
  const target = { name: 'medical', databases: ['a', 'b'] }
  const half = (...receipts: readonly Receipt[]) =>
    leftHalf(receipts, new Set(['gone']), target).map(({ id }) => id)

  const files = (
    id: string,
    inPlace: 'restored' | 'before',
    more: Partial<Receipt> = {},
    damagedBefore?: true,
  ) =>
    receipt(id, {
      ...{ state: 'done', finishedAt: '2026-11-21T12:01:00Z' },
      dataFiles: { folder: 'f', inPlace, ...(damagedBefore ? { damagedBefore } : {}) },
      ...more,
    })
  const taken = { state: 'undone' } as const

  test.each<[string, readonly Receipt[], readonly string[]]>([
    [
      'what an exchange of files put aside, and its undo brought back',
      [files('undo', 'before'), files('two', 'restored', taken), receipt('one', {})],
      ['one'],
    ],
    [
      'the same, where its record was closed for as long as it lay aside',
      [
        files('undo', 'before'),
        files('two', 'restored', taken),
        receipt('one', { settled: { at: '', because: '', aside: 'f' } }),
      ],
      ['one'],
    ],
    [
      'none once that undo was taken back',
      [
        files('again', 'restored'),
        files('undo', 'before', taken),
        files('two', 'restored', taken),
        receipt('one', {}),
      ],
      [],
    ],
    [
      'on files that an undo put aside, none',
      [files('undo', 'before'), receipt('one', {}), files('two', 'restored', taken)],
      [],
    ],
    [
      'by an undo that put damaged files in place',
      [files('undo', 'before', {}, true), files('two', 'restored', taken, true)],
      ['undo'],
    ],
    [
      'by files that were cut off, taken back and brought back',
      [
        files('again', 'restored'),
        files('undo', 'before', taken),
        files('two', 'restored', { ...taken, error: { code: 'X', message: '' } }),
      ],
      ['two'],
    ],
    [
      'before an exchange that the next run took back',
      [files('two', 'restored', taken), receipt('one', {})],
      ['one'],
    ],
    ['failed', [receipt('one', {})], ['one']],
    ['running', [receipt('one', { state: 'started' })], []],
    ['killed', [receipt('gone', { state: 'started' })], ['gone']],
    [
      'taken back',
      [receipt('one', { state: 'rolled-back' }), receipt('two', { state: 'undone' })],
      [],
    ],
    ['of a copy beside', [receipt('one', { created: ['copy'] })], []],
    ['of another target', [receipt('one', { target: 'other' })], []],
    ['settled', [receipt('one', { settled: { at: '', because: '' } })], []],
    [
      'closed by an earlier version',
      [receipt('one', { error: { code: 'CUT_OFF', message: '' } })],
      [],
    ],
    ['replaced since', [receipt('two', { state: 'done' }), receipt('one', {})], []],
    [
      'replaced by data files since',
      [
        receipt('two', { state: 'done', dataFiles: { folder: 'f', inPlace: 'restored' } }),
        receipt('one', {}),
      ],
      [],
    ],
    [
      'replaced in part',
      [
        receipt('two', { state: 'done', touched: { databases: ['a'] } }),
        receipt('one', { touched: { databases: ['a', 'b'] } }),
      ],
      ['one'],
    ],
    [
      'failed after something went through',
      [receipt('two', {}), receipt('one', { state: 'done' })],
      ['two'],
    ],
    [
      'files, and a restore of one database since',
      [
        receipt('two', { state: 'done' }),
        receipt('one', { dataFiles: { folder: 'f', inPlace: 'restored' } }),
      ],
      ['one'],
    ],
    [
      'by an earlier version, without its word',
      [{ ...before, touched: { databases: ['a'] } }],
      ['one'],
    ],
  ])('%s', (_, receipts, expected) => {
    expect(half(...receipts)).toEqual(expected)
  })
})

describe('a target of all databases', () => {
  const all = { name: 'medical', databases: [] }
  const half = (later: Partial<Receipt>) => {
    const run = (id: string, more: Partial<Receipt>): Receipt => ({
      ...{ id, command: 'restore', target: 'medical', title: id, state: 'failed', steps: [] },
      ...{ startedAt: '2026-11-21T12:00:00Z', actor: 'me', host: 'here', pid: 1, destroyed: true },
      ...more,
    })
    const files = run('files', { dataFiles: { folder: 'f', inPlace: 'restored' } })
    return leftHalf([run('later', { state: 'done', ...later }), files], new Set(), all).map(
      ({ id }) => id,
    )
  }

  test.each<[string, Partial<Receipt>, readonly string[]]>([
    ['is not put right by a restore of one of them', { touched: { databases: ['a'] } }, ['files']],
    ['is put right by data files', { dataFiles: { folder: 'g', inPlace: 'restored' } }, []],
    ['is put right by one that says all as well', { touched: { databases: [] } }, []],
  ])('%s', (_what, later, expected) => {
    expect(half(later)).toEqual(expected)
  })
})

describe('a system that was rebuilt', () => {
  const system = (restored: Record<string, string>, state: Receipt['state']): Receipt => ({
    ...{ command: 'dr system', target: 'hospital', title: 'rebuild', destroyed: true },
    id: state === 'started' ? 'gone' : 'ended',
    ...{ startedAt: '2026-11-21T12:00:00Z', actor: 'me', host: 'here', pid: 1, steps: [], state },
    system: { folder: '/srv', project: 'hospital', volumes: [], targets: ['medical'], restored },
  })
  const half = (...receipts: readonly Receipt[]) =>
    leftHalf(
      receipts.flatMap((receipt) => toldOf(receipt, medical) ?? []),
      new Set(['gone']),
      medical,
    ).length

  test.each<[string, Receipt, number]>([
    ['killed while its data was restored, leaves it half done', system({}, 'started'), 1],
    ['killed once its data was proved, leaves it whole', system({ medical: 'b' }, 'started'), 0],
    ['taken away, leaves nothing', system({}, 'undone'), 0],
    ['failed before anything was restored', { ...system({}, 'failed'), destroyed: false }, 0],
  ])('%s', (_what, receipt, count) => {
    expect(half(receipt)).toBe(count)
  })

  test('is no longer half done once a later run has brought it back', () => {
    expect(half({ ...system({ medical: 'b' }, 'done'), id: 'later' }, system({}, 'started'))).toBe(
      0,
    )
  })

  test('is not backed up while its data is half done, by whatever name it is known', async () => {
    const scene = await disaster()
    await scene.receipts.save({ ...system({}, 'failed'), target: 'hospital' })
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'LEFT_HALF', exitCode: 6 })
    await backUp(scene, 'ended')
    expect(await scene.receipts.read('ended')).toMatchObject({ target: 'hospital' })
  })
})
