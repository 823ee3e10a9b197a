import { Failure } from '../../domain/failure.js'
import type { LiveProject } from './project.js'
import { nearestName } from '../../domain/nearest.js'

type Known = Pick<LiveProject, 'project' | 'containers'>

/**
 * The services that were named, whether by their own name or by the name of a container. Throws `SERVICE_UNKNOWN`
 * (not-found) with what was probably meant.
 */
export function servicesNamed(names: readonly string[], known: Known): readonly string[] {
  return [...new Set(names.map((name) => serviceNamed(name, known)))]
}

function serviceNamed(name: string, { project, containers }: Known): string {
  const services = Object.values(project.services)
  if (services.some((service) => service.name === name)) return name
  const described = services.find(({ containerName }) => containerName === name)
  if (described) return described.name
  const live = containers.find((container) => container.name === name)
  if (live?.service !== undefined) return live.service

  const all = services.flatMap(({ name: own, containerName }) => [own, containerName ?? own])
  const meant = nearestName(name, [...new Set([...all, ...containers.map((each) => each.name)])])
  throw new Failure(
    'not-found',
    'SERVICE_UNKNOWN',
    `there is no service or container "${name}" in project ${project.name}${meant === undefined ? '' : `; did you mean "${meant}"?`} (services: ${services.map((service) => service.name).join(', ') || 'none'})`,
    ['ops stack ps'],
  )
}
