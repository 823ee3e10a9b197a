import { describe, expect, test } from 'vitest'
import { copyWanted } from '../../../src/cli/copyBackups.js'
import { Failure } from '../../../src/domain/failure.js'
import { copyBackups, requireCopied } from '../../../src/procedures/copies/copyBackups.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { carriedOut, fakeWorld, medical } from '../../fakes/world.js'
import type { Manifest } from '../../../src/domain/manifest.js'

function scene() {
  const fake = fakeWorld()
  const [usb, offsite] = [new FakePlace('usb'), new FakePlace('offsite')]
  const world = { ...fake.world, copies: [usb, offsite] }
  const onShelf = (day: string, changes: Partial<Manifest> = {}) => {
    const id = `medical-202611${day}T020000Z${changes.purpose === 'safety' ? '-safety' : ''}`
    const bytes = Buffer.from(`the backup of ${day}`)
    const manifest = manifestFor(id, bytes, { takenAt: `2026-11-${day}T02:00:00.000Z`, ...changes })
    fake.shelf.manifests.set(id, manifest)
    fake.shelf.files.set(`/shelf/medical/${manifest.file}`, bytes)
    return id
  }
  const copy = async (
    how: { id?: string; all?: boolean; to?: string; verify?: boolean } = {},
    signal = new AbortController().signal,
  ) => {
    const { id = 'latest', all = false, to, verify = false } = how
    const wanted = await copyWanted(id, all, [medical], world)
    const request = { wanted, verify, ...(to === undefined ? {} : { to }) }
    return (await carriedOut(await copyBackups.plan(request, world), world, signal)).result
  }
  const states = (id: string) =>
    fake.shelf.manifests.get(id)?.copies?.map(({ to, state }) => `${to} ${state}`)
  return { ...fake, world, usb, offsite, onShelf, copy, states }
}

const denied = new Failure('environment', 'COPY_DENIED', 'it may not be written to', ['look'])

describe('copying backups', () => {
  test('brings the newest good one to every place, and does nothing the second time', async () => {
    const { onShelf, copy, states } = scene()
    onShelf('20')
    const id = onShelf('21')
    expect((await copy()).copies).toMatchObject([
      { id, target: 'medical', to: 'usb', state: 'copied', resumedBytes: 0 },
      { id, to: 'offsite', state: 'copied' },
    ])
    expect(states(id)).toEqual(['usb ok', 'offsite ok'])
    expect((await copy()).copies).toMatchObject([{ state: 'there' }, { state: 'there' }])
  })

  test('of all takes the good ones, newest first, and leaves out what nobody should restore by mistake', async () => {
    const { onShelf, copy, shelf } = scene()
    const [older, newer] = [onShelf('19'), onShelf('21')]
    onShelf('20', { trust: 'damaged' })
    onShelf('20', { purpose: 'safety' })
    const gone = onShelf('18')
    shelf.files.delete(`/shelf/medical/${gone}.archive.gz`)
    const { copies } = await copy({ all: true, to: 'usb' })
    expect(copies.map(({ id }) => id)).toEqual([newer, older])
  })

  test('refuses one that is damaged, and says so in its manifest', async () => {
    const { onShelf, copy, states, usb } = scene()
    const id = onShelf('20', { trust: 'damaged' })
    const { copies } = await copy({ id, to: 'usb' })
    expect(copies).toMatchObject([{ state: 'failed', failure: { code: 'COPY_NOT_SOUND' } }])
    expect(() => requireCopied({ slices: [], copies })).toThrow(
      expect.objectContaining({ kind: 'integrity', code: 'COPY_NOT_SOUND', exitCode: 12 }) as Error,
    )
    expect(states(id)).toEqual(['usb failed'])
    expect(usb.files.size).toBe(0)
  })

  test('goes on past a place that fails: partly done where another is good, failed where none is', async () => {
    const { onShelf, copy, usb, states } = scene()
    const id = onShelf('20')
    usb.refuse = denied
    const both = await copy()
    expect(() => requireCopied(both)).toThrow(
      expect.objectContaining({ kind: 'partial', code: 'COPY_DENIED', exitCode: 3 }) as Error,
    )
    expect(states(id)).toEqual(['usb failed', 'offsite ok'])
    const one = await copy({ to: 'usb' })
    expect(() => requireCopied(one)).toThrow(
      expect.objectContaining({ kind: 'environment', exitCode: 13, next: ['look'] }) as Error,
    )
    usb.refuse = undefined
    expect(requireCopied(await copy()).copies).toMatchObject([
      { state: 'copied' },
      { state: 'there' },
    ])
    expect(states(id)).toEqual(['usb ok', 'offsite ok'])
  })

  test('reads back what is there where it is asked to', async () => {
    const { onShelf, copy, usb, states } = scene()
    const id = onShelf('20')
    await copy({ to: 'usb' })
    usb.files.set(id, Buffer.from('the backup of 2o'))
    expect((await copy({ to: 'usb' })).copies).toMatchObject([{ state: 'there' }])
    const { copies } = await copy({ to: 'usb', verify: true })
    expect(copies).toMatchObject([{ state: 'failed', failure: { code: 'COPY_DAMAGED' } }])
    expect(states(id)).toEqual(['usb failed'])
  })

  test('exchanges a copy that was found damaged, and only reads one back that failed and is whole', async () => {
    const { onShelf, copy, usb, states } = scene()
    const id = onShelf('20')
    await copy({ to: 'usb' })
    usb.files.set(id, Buffer.from('the backup of 2o'))
    await copy({ to: 'usb', verify: true })
    expect((await copy({ to: 'usb' })).copies).toMatchObject([{ state: 'copied' }])
    expect(usb.files.get(id)?.toString()).toBe('the backup of 20')
    expect(states(id)).toEqual(['usb ok'])
    usb.refuse = denied
    await copy({ to: 'usb' })
    usb.refuse = undefined
    expect(states(id)).toEqual(['usb failed'])
    expect((await copy({ to: 'usb' })).copies).toMatchObject([
      { state: 'there', because: 'read back to its end: its SHA-256 agrees' },
    ])
  })

  test('ends at once when it is interrupted', async () => {
    const { onShelf, copy } = scene()
    onShelf('20')
    await expect(copy({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  test('holds the lock of the target', async () => {
    const { onShelf, copy, locks } = scene()
    onShelf('20')
    await copy()
    expect(locks.log).toEqual(['take medical', 'release medical'])
  })

  test('knows its places by name', async () => {
    const { onShelf, copy, world } = scene()
    onShelf('20')
    await expect(copy({ to: 'ofsite' })).rejects.toMatchObject({
      code: 'COPY_PLACE_UNKNOWN',
      exitCode: 10,
      message: expect.stringContaining('did you mean "offsite"?') as string,
    })
    const wanted = await copyWanted('latest', false, [medical], world)
    const plan = () => copyBackups.plan({ wanted, verify: false }, { ...world, copies: [] })
    await expect(Promise.resolve().then(plan)).rejects.toMatchObject({
      code: 'COPY_NO_PLACE',
      exitCode: 2,
    })
  })
})
