import { describe, expect, test } from 'vitest'
import { perhapsMeant } from '../../../src/checks/troubleshoot/perhapsMeant.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { container } from '../../fakes/stack.js'
import { database, declared, judged, only, saw, unreached } from './scene.js'

const meant = (facts: Partial<ContainerFacts>, restart = 'no') =>
  perhapsMeant({
    facts: container('mongodb', { state: 'exited', ...facts }),
    declared: declared('mongodb', { restart }),
  })

describe('what somebody may have stopped on purpose', () => {
  test.each([0, 137, 143])('ended with exit code %i: who told it to is not known', (exitCode) => {
    expect(meant({ exitCode })).toBe(true)
  })

  test('is paused, or has no container: nothing does that by itself', () => {
    expect(meant({ state: 'paused' })).toBe(true)
    expect(perhapsMeant({})).toBe(true)
  })

  test('ended with an error, and would have been started again by the engine', () => {
    expect(meant({ exitCode: 1 }, 'always')).toBe(true)
    expect(meant({ exitCode: 1 }, 'unless-stopped')).toBe(true)
  })

  test.each([
    ['ended with an error, and nothing starts it again', { exitCode: 14 }, 'no'],
    ['was killed for memory', { exitCode: 137, oomKilled: true }, 'no'],
    ['could not be started', { exitCode: 0, error: 'port is already allocated' }, 'always'],
    ['never ran', { state: 'created' as const }, 'no'],
  ])('is not what %s', (_, facts, restart) => {
    expect(meant(facts, restart)).toBe(false)
  })

  test('is told with what would be done about it', () => {
    const stopped = database({ facts: { state: 'exited', exitCode: 0 } })
    const { symptoms } = judged({ services: saw([stopped]), targets: [unreached()] })
    expect(only(symptoms, 'database-stopped').fix).toMatchObject({ perhapsMeant: true })
    const crashed = database({
      facts: { state: 'exited', exitCode: 14 },
      declared: { restart: 'no' },
    })
    const other = judged({ services: saw([crashed]), targets: [unreached()] })
    expect(only(other.symptoms, 'database-stopped').fix).not.toHaveProperty('perhapsMeant')
  })
})
