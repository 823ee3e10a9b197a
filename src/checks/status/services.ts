import type { Finding } from '../../domain/finding.js'
import type { Looked } from '../doctor/evidence.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import type { ServiceSeen } from './evidence.js'

/** Does every container of the stack do what it is for? */
export function judgeServices(services: Looked<readonly ServiceSeen[]>): readonly Finding[] {
  if (services.state !== 'seen')
    return [blind('services', 'the services', services, ['ops stack ps'])]
  return services.facts.map(judgeService)
}

function judgeService(seen: ServiceSeen): Finding {
  const { service, container, role, state, health } = seen
  const id = `services.${container ?? service}`
  const name = container ?? service
  if (role === 'job') return judgeJob(id, name, seen)
  const next = [`ops dr container ${service}`]
  if (state === 'absent') return broken(id, { says: `${service} has no container`, next })
  if (state !== 'running') return broken(id, { says: `${name} is ${state}`, next })
  if (health === 'unhealthy') return broken(id, { says: `${name} runs and is ill`, next })
  if (health === 'starting')
    return doubtful(id, { says: `${name} is starting`, next: ['ops stack ps'] })
  return fine(id, `${name} is running`)
}

/** One that ended well, or was never started, does nothing wrong. */
function judgeJob(id: string, name: string, { state, exitCode }: ServiceSeen): Finding {
  const next = ['ops pipeline status']
  if (exitCode !== null && exitCode !== 0)
    return doubtful(id, {
      says: `the job ${name} ended with exit code ${exitCode.toString()}`,
      next,
    })
  if (state === 'restarting' || state === 'paused' || state === 'dead')
    return doubtful(id, { says: `the job ${name} is ${state}`, next })
  return fine(id, `the job ${name} is ${state}`)
}
