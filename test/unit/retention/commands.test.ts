import { describe, expect, test } from 'vitest'
import { confirmMildly } from '../../../src/cli/confirm.js'
import { deleteNamed } from '../../../src/cli/deleteBackups.js'
import { pruneEach } from '../../../src/cli/pruneBackups.js'
import { backupPruneScreen } from '../../../src/report/backupPrune.js'
import { medical } from '../../fakes/world.js'
import { fakeDoor } from '../cli/door.js'
import { settings, shelfScene } from './scene.js'

type Scene = ReturnType<typeof shelfScene>

const pruning = (scene: Scene, flags: { confirm?: string; 'dry-run'?: boolean } = {}) => {
  const { door, written } = fakeDoor()
  const request = {
    targets: [medical],
    retention: settings({ daily: 7 }),
    accept: [],
    emptyTrash: false,
    name: 'medical',
  }
  const pruned = pruneEach(request, scene.world, { 'dry-run': false, ...flags }, door)
  return { pruned, door, written, request }
}

describe('ops backup prune', () => {
  test('a dry run gives every backup its verdict and changes nothing', async () => {
    const scene = shelfScene(9)
    const pruned = await pruning(scene, { 'dry-run': true }).pruned
    expect(pruned.targets[0]?.verdicts.map(({ keep }) => keep)).toEqual([
      ...Array<boolean>(7).fill(true),
      false,
      false,
    ])
    expect(pruned.targets[0]?.removed).toEqual([])
    expect(await scene.listed()).toHaveLength(9)
    const pipe = { color: false, terminal: false, columns: 80, now: new Date() }
    const lines = backupPruneScreen(pruned, pipe).split('\n')
    expect(lines[0]).toBe('ID\tVERDICT\tWHY')
    expect(lines[9]).toBe(`${scene.ids[8] ?? ''}\tremove\tno rule of backup.retention keeps it`)
  })

  test('a dry run shows the verdicts also where a run would be refused, and warns of it', async () => {
    const scene = shelfScene(40)
    const { pruned, door } = pruning(scene, { 'dry-run': true })
    expect((await pruned).targets[0]?.alarms).toMatchObject([{ code: 'PRUNE_TOO_MANY' }])
    expect(door.warnings[0]).toContain('--accept many')
  })

  test('asks before it removes; without a terminal --confirm answers', async () => {
    const scene = shelfScene(9)
    await expect(pruning(scene).pruned).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    await expect(pruning(scene, { confirm: 'else' }).pruned).rejects.toMatchObject({
      code: 'CONFIRMATION_WRONG',
    })
    expect(await scene.listed()).toHaveLength(9)
    const { pruned, written } = pruning(scene, { confirm: 'medical' })
    const [done] = (await pruned).targets
    expect(done?.removed).toEqual(scene.ids.slice(7))
    expect(written.stderr).toContain('Removes')
    const terminal = { color: false, terminal: true, columns: 80, now: new Date() }
    expect(backupPruneScreen(await pruned, terminal)).toContain(`ops undo ${done?.receipt ?? ''}`)
  })

  test('asks nothing where nothing is to be removed', async () => {
    const scene = shelfScene(3)
    const { targets } = await pruning(scene).pruned
    expect(targets).toMatchObject([{ target: 'medical', removed: [], receipt: null }])
  })

  test('without backup.retention nothing says what may go', async () => {
    const { request, door } = pruning(shelfScene(1))
    const { policy, ...without } = request.retention
    expect(policy.daily).toBe(7)
    await expect(
      pruneEach({ ...request, retention: without }, shelfScene(1).world, { 'dry-run': true }, door),
    ).rejects.toMatchObject({ code: 'RETENTION_MISSING', exitCode: 2 })
  })
})

describe('ops backup delete', () => {
  const deleting = (scene: Scene, ids: readonly string[], flags: object) =>
    deleteNamed(
      { targets: [medical], ids, acceptLastGood: false, neededBy: () => () => [] },
      scene.world,
      flags,
      fakeDoor().door,
    )

  test('moves what was named to the trash', async () => {
    const scene = shelfScene(3)
    const [, named = ''] = scene.ids
    expect(await deleting(scene, [named], { 'dry-run': true })).toMatchObject({ dryRun: true })
    await expect(deleting(scene, [named], {})).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    })
    expect(await deleting(scene, [named], { confirm: 'medical' })).toMatchObject({
      done: { removed: [named] },
    })
    expect(await scene.listed()).toHaveLength(2)
  })

  test('refuses the last good archive, and the last good copy of the data files, whatever else is there', async () => {
    const scene = shelfScene(1)
    const copy = 'medical-20261101T030000Z'
    scene.put(copy, {
      takenAt: '2026-11-01T03:00:00.000Z',
      content: 'dataFiles',
      file: `${copy}.datafiles.tar.gz`,
    })
    const refused = (id: string | undefined) =>
      deleting(scene, [id ?? ''], { confirm: 'medical' }).catch((error: unknown) => error)
    expect(await refused(scene.ids[0])).toMatchObject({
      code: 'LAST_GOOD_BACKUP',
      message: expect.stringContaining('no good backup') as string,
    })
    expect(await refused(copy)).toMatchObject({
      code: 'LAST_GOOD_BACKUP',
      message: expect.stringContaining('no good copy of the data files') as string,
    })
    expect(await scene.listed()).toHaveLength(2)
  })

  test('takes one target at a time', async () => {
    const scene = shelfScene(2)
    const billing = { ...medical, name: 'billing' }
    const id = 'billing-20261121T130204Z'
    scene.put(id, { target: 'billing' })
    await expect(
      deleteNamed(
        {
          targets: [medical, billing],
          ids: [id, scene.ids[0] ?? ''],
          acceptLastGood: false,
          neededBy: () => () => [],
        },
        scene.world,
        {},
        fakeDoor().door,
      ),
    ).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 })
  })
})

describe('a mild question', () => {
  const question = { command: 'backup prune', name: 'medical' }
  const terminal = () => {
    const { door } = fakeDoor()
    return {
      ...door,
      stdin: Object.assign(door.stdin, { isTTY: true }),
      stderr: Object.assign(door.stderr, { isTTY: true }),
    }
  }

  test('yes goes on, no changes nothing', async () => {
    const yes = () => Promise.resolve(true)
    await expect(confirmMildly(question, 'Go on?', terminal(), yes)).resolves.toBeUndefined()
    const no = () => Promise.resolve(false)
    await expect(confirmMildly(question, 'Go on?', terminal(), no)).rejects.toMatchObject({
      code: 'CONFIRMATION_DENIED',
      exitCode: 6,
    })
  })
})
