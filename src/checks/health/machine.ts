import type { Finding } from '../../domain/finding.js'
import type { ClockSeen } from '../../ports/machineVitals.js'
import type { Looked } from '../doctor/evidence.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import { isLate, seen } from '../doctor/look.js'
import { size, span } from '../doctor/words.js'
import { nameIn } from './containers.js'
import type { HealthEvidence } from './evidence.js'

/** Seconds of difference that are worth a warning, and those that make times of backups a lie. */
const skew = { warn: 5, fail: 300 }

/** Shares of memory in use. */
const filled = { warn: 0.9, fail: 0.97 }

/** Does the engine answer? */
export function judgeEngine({ engine }: Pick<HealthEvidence, 'engine'>): readonly Finding[] {
  if (!engine) return []
  if (engine.state === 'seen') {
    const { version } = engine.facts
    return [fine('engine', `Docker ${version} answers`, '', { version })]
  }
  const next = ['systemctl status docker', 'ops doctor']
  if (engine.state === 'unseen' && !isLate(engine))
    return [blind('engine', 'the Docker engine', engine, next)]
  const because = engine.state === 'refused' ? engine.message : engine.because
  return [broken('engine', { says: 'the Docker engine does not answer', because, next })]
}

/** Do the clocks agree: this machine's, the engine's, and each server's? */
export function judgeClocks({
  engine,
  targets,
}: Pick<HealthEvidence, 'engine' | 'targets'>): readonly Finding[] {
  return [
    ...(engine ? [judgeClock('clock:engine', "the engine's clock", clockOf(engine))] : []),
    ...targets.map(({ name, server }) =>
      judgeClock(`clock:${name}`, `the clock of ${name}'s server`, serverClock(server)),
    ),
  ]
}

function clockOf(engine: NonNullable<HealthEvidence['engine']>): Looked<ClockSeen> {
  return engine.state === 'seen' ? { state: 'seen', facts: engine.facts.clock } : engine
}

function serverClock(server: HealthEvidence['targets'][number]['server']): Looked<ClockSeen> {
  if (server.state !== 'seen') return server
  const { localTime, askedAt, answeredAt } = server.facts
  if (localTime === undefined)
    return { state: 'unseen', because: 'it does not say what time it is' }
  return { state: 'seen', facts: { askedAt, at: localTime, answeredAt } }
}

/** It looked at its clock at some moment between our two looks: what lies within them is no difference. */
function judgeClock(id: string, what: string, looked: Looked<ClockSeen>): Finding {
  if (looked.state !== 'seen') return blind(id, what, looked)
  const { askedAt, at, answeredAt } = looked.facts
  const ahead = Math.max(0, Date.parse(at) - Date.parse(answeredAt)) / 1000
  const late = Math.max(0, Date.parse(askedAt) - Date.parse(at)) / 1000
  const apart = Math.max(ahead, late)
  const value = { seconds: ahead - late }
  if (apart < skew.warn) return fine(id, `${what} agrees with this machine's`, '', value)
  const words = {
    says: `${what} is ${span(apart)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`,
    because: 'ages of backups, and times given to a recovery, mean something else there',
    next: ['timedatectl status   (here, and where it runs)'],
    value,
  }
  return apart < skew.fail ? doubtful(id, words) : broken(id, words)
}

/** Is there memory left, on the machine and within each container's own limit? */
export function judgeMemory({
  engine,
  memory,
  containers,
}: Pick<HealthEvidence, 'engine' | 'memory' | 'containers'>): readonly Finding[] {
  const host = seen(engine)?.memory
  const own = memory && memory.state !== 'seen'
  return [
    ...(engine && engine.state !== 'seen'
      ? [blind('memory:host', 'the memory of the machine', engine)]
      : []),
    ...(host ? [judgeHostMemory(host, seen(memory))] : []),
    ...(own ? [blind('memory:containers', 'the memory of the containers', memory)] : []),
    ...(seen(memory) ?? []).flatMap(({ name, bytes, limitBytes }) => {
      const all = seen(containers) ?? []
      const found = all.find(({ container }) => container === name)
      // Without a limit of its own it is the machine's memory that runs out.
      if (!found || found.memoryLimit === 0) return []
      const id = `memory:${nameIn(all, found)}`
      return [
        fullness(id, name, bytes, limitBytes, [
          'ops stack stats',
          'raise its memory limit in the compose file',
        ]),
      ]
    }),
  ]
}

function judgeHostMemory(
  { totalBytes, availableBytes }: { totalBytes: number; availableBytes?: number },
  containers: readonly { readonly bytes: number }[] | undefined,
): Finding {
  const id = 'memory:host'
  const next = ['free -h', 'ops stack stats']
  if (availableBytes !== undefined)
    return fullness(id, 'the machine', totalBytes - availableBytes, totalBytes, next)
  if (!containers)
    return blind(id, 'the memory of the machine', {
      state: 'unseen',
      because: 'the engine runs on another machine, which does not say what is free',
    })
  const sum = containers.reduce((total, { bytes }) => total + bytes, 0)
  return fullness(
    id,
    "the engine's machine, by the containers of the stack alone,",
    sum,
    totalBytes,
    next,
  )
}

function fullness(
  id: string,
  what: string,
  usedBytes: number,
  limitBytes: number,
  next: readonly string[],
): Finding {
  const share = limitBytes > 0 ? usedBytes / limitBytes : 0
  const says = `${what} uses ${size(usedBytes)} of ${size(limitBytes)} of memory`
  const value = { usedBytes, limitBytes, share }
  if (share < filled.warn) return fine(id, says, '', value)
  const words = { says, because: 'what needs more then is killed', next, value }
  return share < filled.fail ? doubtful(id, words) : broken(id, words)
}
