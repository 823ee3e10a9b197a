import type { Host } from '../../src/ports/host.js'

/** The machine `db01`, whose tokens count up from `aaa1`. */
export function fakeHost(free = 1e12): Host {
  let tokens = 0
  return {
    name: 'db01',
    user: 'carla',
    pid: 4711,
    opsVersion: '0.1.0',
    token() {
      tokens += 1
      return `aaa${tokens.toString()}`
    },
    stepBack: () => Promise.resolve(),
    freeBytes: () => Promise.resolve(free),
  }
}
