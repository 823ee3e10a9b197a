import type Docker from 'dockerode'
import { Failure } from '../../domain/failure.js'
import type { Host } from '../../ports/host.js'
import { asking, type DockerClient } from './client.js'
import { unlessGone } from './gone.js'
import { isLeftBehind, purposeLabel } from './ownLabels.js'

/** What clones are for, as their labels say. */
export const drillPurpose = 'drill' as const

const projectLabel = 'com.docker.compose.project'

type Labels = Readonly<Record<string, string>> | null | undefined

/** A container, network or volume that is part of a clone. */
interface Part {
  readonly kind: 'container' | 'network' | 'volume'
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/** Everything of every clone on an engine, in the order in which it can be removed. */
async function parts(client: DockerClient): Promise<readonly Part[]> {
  const { docker } = client
  const filters = { label: [`${purposeLabel}=${drillPurpose}`] }
  const [containers, networks, { Volumes: volumes }] = await asking(client, () =>
    Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]),
  )
  const removing = (work: () => Promise<unknown>) => () => unlessGone(() => asking(client, work))
  const removeContainer = (id: string) =>
    removing(() => docker.getContainer(id).remove({ force: true, v: true }))
  return [
    ...containers.map(({ Id: id, Names: [name = id], Labels: labels }): Part => ({
      kind: 'container',
      name: name.replace(/^\//, ''),
      labels,
      remove: removeContainer(id),
    })),
    ...networks.map(({ Id: id, Name: name, Labels: labels }): Part => ({
      kind: 'network',
      name,
      labels: (labels as Labels) ?? {},
      remove: removing(() => docker.getNetwork(id).remove()),
    })),
    // An engine without volumes answers null.
    ...((volumes as Docker.VolumeInspectInfo[] | null) ?? []).map(
      ({ Name: name, Labels: labels }): Part => ({
        kind: 'volume',
        name,
        labels: (labels as Labels) ?? {},
        remove: removing(() => docker.getVolume(name).remove({ force: true })),
      }),
    ),
  ]
}

/** Removes everything of the clone with this project's name. */
export async function removeClone(client: DockerClient, project: string): Promise<void> {
  for (const part of await parts(client)) {
    if (part.labels[projectLabel] === project) await part.remove()
  }
}

/** Removes what killed drills of this machine left; gives names. */
export async function sweepClones(client: DockerClient, host: Host): Promise<readonly string[]> {
  const removed: string[] = []
  for (const part of await parts(client)) {
    if (!(await isLeftBehind(part.labels, host))) continue
    await part.remove()
    removed.push(part.kind === 'container' ? part.name : `${part.name} (a ${part.kind} of a drill)`)
  }
  return removed
}

/**
 * The container of a service of a clone. Throws `NOT_A_CLONE` (refused) where there is none that bears the label of a drill:
 * nothing else may be harmed, whatever went wrong before.
 */
export async function cloneContainer(
  client: DockerClient,
  project: string,
  service: string,
): Promise<Docker.Container> {
  const label = [
    `${purposeLabel}=${drillPurpose}`,
    `${projectLabel}=${project}`,
    `com.docker.compose.service=${service}`,
  ]
  const [found] = await asking(client, () =>
    client.docker.listContainers({ all: true, filters: { label } }),
  )
  if (found) return client.docker.getContainer(found.Id)
  throw notOfClone(service, project)
}

/** `NOT_A_CLONE` (refused): what is not of a clone is not harmed. */
export function notOfClone(service: string, project: string): Failure {
  return new Failure(
    'refused',
    'NOT_A_CLONE',
    `"${service}" of "${project}" is not a container of a drill: nothing is done to it`,
    ['docker ps --all', 'ops dr drill'],
  )
}
