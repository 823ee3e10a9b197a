import type { ContainerMemory, MachineVitals } from '../../src/ports/machineVitals.js'
import type { HealthHistory, HeldHistory } from '../../src/ports/healthHistory.js'
import type {
  LongOperation,
  ServerCertificate,
  ServerPressure,
  ServerVitals,
  SetMember,
} from '../../src/ports/serverVitals.js'
import { withRun, type HealthRun, type HealthStretch } from '../../src/domain/health.js'

/** A server that is at ease, of a replica set of one. */
export class FakeVitals implements ServerVitals {
  asked: ServerPressure = {
    connections: { current: 12, available: 800 },
    cache: { maximumBytes: 1e9, usedBytes: 4e8, dirtyBytes: 1e7 },
  }
  running: readonly LongOperation[] = []
  set: readonly SetMember[] | undefined = [
    { name: 'mongodb:27017', state: 'PRIMARY', reachable: true },
  ]
  shown: ServerCertificate | undefined
  pressure = () => Promise.resolve(this.asked)
  longOperations = () => Promise.resolve(this.running)
  members = () => Promise.resolve(this.set)
  indexes = () => Promise.resolve([{ name: '_id_', key: { _id: 1 }, options: {} }])
  certificate = () => Promise.resolve(this.shown)
}

/** An engine's machine with room to spare, whose clock is right. */
export function fakeMachineVitals(at = '2026-11-21T13:02:04.000Z'): MachineVitals & {
  containers: readonly ContainerMemory[]
} {
  const vitals = {
    containers: [] as readonly ContainerMemory[],
    engine: () =>
      Promise.resolve({
        version: '20.10.24',
        clock: { askedAt: at, at, answeredAt: at },
        memory: { totalBytes: 16e9, availableBytes: 8e9 },
      }),
    memory: () => Promise.resolve(vitals.containers),
  }
  return vitals
}

/** A history in memory. */
export class FakeHealthHistory implements HealthHistory {
  stretches: readonly HealthStretch[] = []
  damaged = 0
  /** Why nothing can be written. */
  broken: Error | undefined

  read(): Promise<HeldHistory> {
    return Promise.resolve({ stretches: this.stretches, damaged: this.damaged })
  }

  record(run: HealthRun): Promise<void> {
    if (this.broken) return Promise.reject(this.broken)
    this.stretches = withRun(this.stretches, run)
    return Promise.resolve()
  }
}
