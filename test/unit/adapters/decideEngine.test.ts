import { expect, test } from 'vitest'
import {
  decideEngine,
  worthASidecar,
  type EngineSight,
} from '../../../src/adapters/tools/decideEngine.js'

const plain: EngineSight = {
  asked: 'auto',
  work: { kind: 'dump' },
  inDocker: true,
  toolsInImage: true,
}
const remote = { unpiped: 'the engine is elsewhere' }
const dumpOf = (bytes: number) => ({ work: { kind: 'dump' as const, bytes } })
const restoreOf = (bytes?: number) => ({
  work: { kind: 'restore' as const, ...(bytes === undefined ? {} : { bytes }) },
})
const restore = restoreOf()
const outside = { inDocker: false }

test.each<[string, Partial<EngineSight>, string]>([
  ['a dump of unknown size', {}, 'sidecar exec host'],
  ['a large dump', dumpOf(worthASidecar), 'sidecar exec host'],
  ['a small dump', dumpOf(worthASidecar - 1), 'exec sidecar host'],
  ['a remote engine', remote, 'exec host'],
  ['a remote engine, small dump', { ...remote, ...dumpOf(1) }, 'exec host'],
  ['an image without tools', { toolsInImage: false }, 'host'],
  ['a server outside Docker', outside, 'host'],
  ['a restore of unknown size', restore, 'sidecar exec host'],
  ['a large restore', restoreOf(worthASidecar), 'sidecar exec host'],
  ['a small restore', restoreOf(worthASidecar - 1), 'exec'],
  ['a large restore, remote engine', { ...restoreOf(1e10), ...remote }, 'exec'],
  ['a restore, image without tools', { ...restore, toolsInImage: false }, 'host'],
  ['a restore outside Docker', { ...restore, ...outside }, 'host'],
  ['exec asked for', { asked: 'exec' }, 'exec'],
  ['exec asked for, image without tools', { asked: 'exec', toolsInImage: false }, 'exec'],
  ['exec asked for, outside Docker', { asked: 'exec', ...outside }, 'not exec'],
  ['host asked for', { asked: 'host' }, 'host'],
  ['host asked for, outside Docker', { asked: 'host', ...outside }, 'host'],
  ['sidecar asked for', { asked: 'sidecar' }, 'sidecar'],
  ['sidecar asked for, small dump', { asked: 'sidecar', ...dumpOf(1) }, 'sidecar'],
  ['sidecar asked for, remote engine', { asked: 'sidecar', ...remote }, 'not sidecar'],
  ['sidecar asked for, outside Docker', { asked: 'sidecar', ...outside }, 'not sidecar'],
  ['sidecar asked for, small restore', { asked: 'sidecar', ...restoreOf(1) }, 'sidecar exec host'],
  ['sidecar asked for, restore, remote', { asked: 'sidecar', ...restore, ...remote }, 'exec'],
  [
    'sidecar asked for, restore, image without tools',
    { asked: 'sidecar', ...restore, toolsInImage: false },
    'host',
  ],
  ['exec asked for, large restore', { asked: 'exec', ...restoreOf(1e10) }, 'exec'],
])('%s', (_, changes, expected) => {
  const decision = decideEngine({ ...plain, ...changes })
  const says = 'order' in decision ? decision.order.join(' ') : `not ${decision.impossible}`
  expect(says).toBe(expected)
  expect(decision.because).not.toBe('')
})

test('where the engine is elsewhere, that is the reason given', () => {
  expect(decideEngine({ ...plain, ...remote }).because).toContain('the engine is elsewhere')
  expect(decideEngine({ ...plain, asked: 'sidecar', ...remote }).because).toBe(remote.unpiped)
})
