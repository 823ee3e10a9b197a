import { describe, expect, test } from 'vitest'
import { fallingBack } from '../../../src/adapters/tools/fallback.js'
import { Failure } from '../../../src/domain/failure.js'
import type { EngineName } from '../../../src/domain/manifest.js'
import type { DumpTools } from '../../../src/ports/tools.js'
import { medical } from '../../fakes/world.js'

/** An engine whose dumps give these parts and leave so, and whose restores read and leave so; or that fails, at once or later. */
function engine(
  name: EngineName,
  behaviour: { parts?: string[]; exitCode?: number; fails?: Error; breaks?: Error },
): DumpTools & { readonly begun: () => number } {
  const { parts = [], exitCode = 0, fails, breaks } = behaviour
  let begun = 0
  async function* raw() {
    for (const part of parts) yield await Promise.resolve(Buffer.from(part))
    if (breaks) throw breaks
  }
  return {
    name,
    begun: () => begun,
    versions: () =>
      fails ? Promise.reject(fails) : Promise.resolve({ mongodump: name, mongorestore: name }),
    dump: () => {
      begun++
      if (fails) return Promise.reject(fails)
      const outcome = Promise.resolve({ exitCode, lines: [] })
      return Promise.resolve({ engine: name, fellBack: [], raw: raw(), outcome })
    },
    restore: async (_target, _request, source) => {
      begun++
      if (fails) throw fails
      let fed = ''
      for await (const part of source) {
        fed += Buffer.from(part).toString()
        if (breaks) throw breaks
      }
      return { engine: name, fellBack: [], exitCode, lines: [fed], restored: 1, failed: 0 }
    },
  }
}

const unable = new Failure('environment', 'ENGINE_IMPOSSIBLE', 'there is no way', [])
const never = new AbortController().signal

async function dumped(tools: DumpTools) {
  const run = await tools.dump(medical, { oplog: false }, never)
  const parts: string[] = []
  for await (const part of run.raw) parts.push(Buffer.from(part).toString())
  return { engine: run.engine, fellBack: run.fellBack, parts, outcome: await run.outcome }
}

describe('an engine that fails before the first byte', () => {
  test.each([
    ['cannot be had', { fails: unable }],
    ['has no mongodump', { exitCode: 127 }],
    ['may not run it', { exitCode: 126 }],
    ['is killed', { exitCode: 137 }],
  ])('because it %s is replaced by the next, which says so', async (_, behaviour) => {
    const exec = engine('exec', { parts: ['a', 'b'] })
    const run = await dumped(fallingBack(engine('sidecar', behaviour), [exec]))
    expect(run).toMatchObject({ engine: 'exec', parts: ['a', 'b'], outcome: { exitCode: 0 } })
    expect(run.fellBack).toEqual([expect.stringContaining('the next engine was tried')])
  })

  test('is named where none of the others can either', async () => {
    const host = engine('host', {
      fails: new Failure('environment', 'TOOL_MISSING', 'no tools', []),
    })
    const tools = fallingBack(engine('sidecar', { fails: unable }), [host])
    await expect(dumped(tools)).rejects.toBe(unable)
    expect(host.begun()).toBe(1)
  })

  test('by a bug is not replaced', async () => {
    const exec = engine('exec', { parts: ['a'] })
    const bug = new TypeError('undefined is not a function')
    await expect(dumped(fallingBack(engine('sidecar', { fails: bug }), [exec]))).rejects.toBe(bug)
    expect(exec.begun()).toBe(0)
  })
})

describe('nothing is begun again', () => {
  test('after the first byte', async () => {
    const exec = engine('exec', { parts: ['whole'] })
    const broken = new Failure('environment', 'ENGINE_UNREACHABLE', 'the engine went away', [])
    const sidecar = engine('sidecar', { parts: ['a'], breaks: broken })
    await expect(dumped(fallingBack(sidecar, [exec]))).rejects.toBe(broken)
    const killed = await dumped(
      fallingBack(engine('sidecar', { parts: ['a'], exitCode: 137 }), [exec]),
    )
    expect(killed).toMatchObject({ engine: 'sidecar', parts: ['a'], outcome: { exitCode: 137 } })
    expect(exec.begun()).toBe(0)
  })

  test('for what mongodump itself says', async () => {
    const exec = engine('exec', { parts: ['whole'] })
    const run = await dumped(fallingBack(engine('sidecar', { exitCode: 1 }), [exec]))
    expect(run).toMatchObject({ engine: 'sidecar', parts: [], outcome: { exitCode: 1 } })
    expect(exec.begun()).toBe(0)
  })

  test('once the run is given up', async () => {
    const abort = new AbortController()
    const exec = engine('exec', { parts: ['whole'] })
    const tools = fallingBack(engine('sidecar', { fails: unable }), [exec])
    abort.abort(new Error('enough'))
    await expect(tools.dump(medical, { oplog: false }, abort.signal)).rejects.toThrow('enough')
    expect(exec.begun()).toBe(0)
  })
})

describe('a restore', () => {
  async function* archive() {
    yield await Promise.resolve(Buffer.from('a'))
    yield await Promise.resolve(Buffer.from('b'))
  }
  const request = { drop: true, oplogReplay: false }
  const restored = (tools: DumpTools, signal = never) =>
    tools.restore(medical, request, archive(), signal)

  test('whose engine fails before its archive is asked for is begun with the next, which says so', async () => {
    const tools = fallingBack(engine('sidecar', { fails: unable }), [engine('exec', {})])
    const outcome = await restored(tools)
    expect(outcome).toMatchObject({ engine: 'exec', exitCode: 0, lines: ['ab'] })
    expect(outcome.fellBack).toEqual(['there is no way; the next engine was tried'])
  })

  test('tells the first reason where none of the others can either', async () => {
    const host = engine('host', {
      fails: new Failure('environment', 'TOOL_MISSING', 'no tools', []),
    })
    const tools = fallingBack(engine('sidecar', { fails: unable }), [host])
    await expect(restored(tools)).rejects.toBe(unable)
    expect(host.begun()).toBe(1)
  })

  test.each([
    ['the engine goes away', new Failure('environment', 'ENGINE_UNREACHABLE', 'gone', [])],
    ['it may still run', new Failure('failed', 'RESTORE_STILL_RUNNING', 'still there', [])],
  ])('is never begun twice once its archive was asked for: %s', async (_, breaks) => {
    const exec = engine('exec', {})
    const tools = fallingBack(engine('sidecar', { breaks }), [exec])
    // Also where it was given up meanwhile, what became of it is told.
    const abort = new AbortController()
    abort.abort(new Error('enough'))
    for (const signal of [never, abort.signal])
      await expect(restored(tools, signal)).rejects.toBe(breaks)
    expect(exec.begun()).toBe(0)
  })

  test('that mongorestore itself ends is not begun again', async () => {
    const exec = engine('exec', {})
    const tools = fallingBack(engine('sidecar', { exitCode: 137 }), [exec])
    expect(await restored(tools)).toMatchObject({ engine: 'sidecar', exitCode: 137, fellBack: [] })
    expect(exec.begun()).toBe(0)
  })

  test('is not begun elsewhere once it is given up, or where a bug ended it', async () => {
    const abort = new AbortController()
    abort.abort(new Error('enough'))
    const exec = engine('exec', {})
    const tools = fallingBack(engine('sidecar', { fails: unable }), [exec])
    await expect(restored(tools, abort.signal)).rejects.toThrow('enough')
    const bug = new TypeError('undefined is not a function')
    const broken = fallingBack(engine('sidecar', { fails: bug }), [exec])
    await expect(restored(broken)).rejects.toBe(bug)
    expect(exec.begun()).toBe(0)
  })
})

test('versions are those of the first engine that has any', async () => {
  const tools = fallingBack(engine('sidecar', { fails: unable }), [engine('exec', {})])
  expect(await tools.versions(medical)).toEqual({
    mongodump: 'exec',
    mongorestore: 'exec',
    engine: 'exec',
    fellBack: ['there is no way'],
  })
  expect(tools.name).toBe('sidecar')
})
