import { describe, expect, test } from 'vitest'
import { whyEnded } from '../../../src/adapters/tools/whyEnded.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { container, FakeStack } from '../../fakes/stack.js'

const before = container('mongodb', { startedAt: '2026-11-21T02:00:00Z' })

/** What is said of a database whose container looks like this when its dump has ended. */
function after(changes: Partial<ContainerFacts> | 'gone'): Promise<string | undefined> {
  const stack = new FakeStack(changes === 'gone' ? [] : [{ ...before, ...changes }])
  return whyEnded(stack.engine(), before, 1)
}

describe('a dump that ended with its database', () => {
  test('names the memory that was not enough', async () => {
    expect(await after({ oomKilled: true, state: 'exited', exitCode: 137 })).toBe(
      'container healthcare_mongodb ran out of memory and was killed',
    )
  })

  test('names a container that stopped, with its exit code', async () => {
    expect(await after({ state: 'exited', exitCode: 14 })).toContain('exited (exit code 14)')
  })

  test('names one that was restarted, though it runs again', async () => {
    expect(await after({ startedAt: '2026-11-21T02:00:05Z' })).toContain('restarted')
  })

  test('names one that was made anew under the same name: it is another container', async () => {
    expect(await after({ id: 'another' })).toBe('container healthcare_mongodb is gone')
    expect(await after('gone')).toBe('container healthcare_mongodb is gone')
  })

  test('that runs on as before is not to blame', async () => {
    expect(await after({})).toBeUndefined()
  })
})
