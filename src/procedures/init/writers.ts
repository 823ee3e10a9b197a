import type { Writer } from '../../domain/target.js'
import type { Candidate } from './candidate.js'
import { isExporterImage, isInterfaceImage } from './images.js'

/** Something that writes to a server, and how that was found out. */
export interface DraftWriter extends Writer {
  readonly comment: string
}

/** The services that use a server and may write to it. `servers` are never writers of each other. */
export function writersOf(
  members: readonly Candidate[],
  servers: readonly Candidate[],
  all: readonly Candidate[],
): readonly DraftWriter[] {
  return all.flatMap((candidate): DraftWriter[] => {
    if (candidate.kind !== 'service' || servers.includes(candidate)) return []
    const use = useOf(candidate, members)
    if (use === undefined || isExporterImage(candidate.image)) return []
    const { kind, because } = kindOf(candidate, all)
    return [{ service: candidate.name, kind, comment: `${use}; ${because}` }]
  })
}

/** How a candidate uses a server: it waits for it, or one of its variables points at it. */
function useOf(candidate: Candidate, members: readonly Candidate[]): string | undefined {
  const awaited = members.find((member) => candidate.dependsOn.includes(member.name))
  if (awaited !== undefined) return `waits for ${awaited.name}`
  const hosts = members.flatMap((member) => member.hosts)
  const pointing = Object.entries(candidate.environment).find(
    ([name, value]) =>
      hostsIn(value).some((host) => hosts.includes(host)) ||
      (/HOST|SERVER|ADDR|UR[IL]/i.test(name) && hosts.includes(value.replace(/:\d+$/, ''))),
  )
  return pointing === undefined ? undefined : `${pointing[0]} points at it`
}

/** Host names in the MongoDB connection strings of a text. */
function hostsIn(text: string): readonly string[] {
  return [...text.matchAll(/mongodb(?:\+srv)?:\/\/(?:[^\s/]*@)?([^\s/?@]+)/g)].flatMap(
    ([, hosts = '']) => hosts.split(',').map((host) => host.replace(/:\d+$/, '')),
  )
}

/**
 * A job is never started again after a restore: a loader would empty what was just restored. So a service that looks
 * like one is taken for one; not starting something is said and easily made good.
 */
function kindOf(
  candidate: Candidate,
  all: readonly Candidate[],
): { readonly kind: Writer['kind']; readonly because: string } {
  const { service, container } = candidate
  const restart = service?.restart
  // on-failure says nothing: loaders that are to be tried again have it, and so have servers.
  if (restart !== undefined && restart !== 'no' && !restart.startsWith('on-failure')) {
    return isInterfaceImage(candidate.image)
      ? { kind: 'service', because: 'a user interface: people change data through it' }
      : { kind: 'service', because: `restart: ${restart}` }
  }
  if (restart === 'no') return { kind: 'job', because: 'restart: "no", so it runs once' }
  if (all.some((one) => one.service?.dependsOn[candidate.name] === completed)) {
    return { kind: 'job', because: 'another service waits for it to end' }
  }
  if (isInterfaceImage(candidate.image)) {
    return { kind: 'service', because: 'a user interface: people change data through it' }
  }
  if (container?.state === 'exited' && container.exitCode === 0) {
    return { kind: 'job', because: 'its container has ended by itself' }
  }
  if ((service?.profiles.length ?? 0) > 0) {
    return { kind: 'job', because: 'it is started on demand (it has a profile)' }
  }
  return jobNames.test(candidate.name)
    ? { kind: 'job', because: 'its name sounds like something that runs once' }
    : { kind: 'service', because: 'nothing says that it runs once' }
}

const completed = 'service_completed_successfully'
const jobNames = /migrat|seed|init|setup|load|import|ingest|backfill|job|batch|etl/i
