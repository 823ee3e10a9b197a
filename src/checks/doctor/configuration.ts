import type { Finding } from '../../domain/finding.js'
import type { ConfigurationFacts, Evidence, ImageFacts, Looked, StackFacts } from './evidence.js'
import { blind, broken, doubtful, fine, refused } from './finding.js'
import { counted } from './words.js'

/** Is there a configuration, can it be used, and what does reading it warn of? */
export function judgeConfiguration(configuration: Looked<ConfigurationFacts>): readonly Finding[] {
  const id = 'configuration.file'
  if (configuration.state === 'unseen')
    return [blind(id, 'the configuration', configuration, ['ops config check'])]
  if (configuration.state === 'refused') {
    const says =
      configuration.code === 'CONFIG_NOT_FOUND'
        ? 'there is no configuration, so no target was looked at'
        : 'the configuration cannot be used, so no target was looked at'
    return [refused(id, says, configuration)]
  }
  const { file, targets, warnings } = configuration.facts
  if (targets.length === 0)
    return [broken(id, { says: `${file} names no target`, next: ['ops init'] })]
  return [
    fine(id, `${file} is valid: ${targets.join(', ')}`),
    // Who may change the file is judged, and put right, by a check of its own.
    ...warnings
      .filter((warning) => !warning.includes(`chmod go-w ${file}`))
      .map((warning, index) =>
        doubtful(`configuration.warning.${(index + 1).toString()}`, {
          says: warning,
          because: 'reading the configuration warns of it',
          next: ['ops config check'],
        }),
      ),
  ]
}

/** The stack of `ops.yaml`: do its compose files hold, and do they have every service that `ops.yaml` names? */
export function judgeStack({
  project,
  images,
}: NonNullable<Evidence['stack']>): readonly Finding[] {
  return [judgeProject(project), judgeImages(images)]
}

function judgeProject(project: Looked<StackFacts>): Finding {
  const id = 'configuration.stack'
  if (project.state === 'refused' && project.code === 'COMPOSE_FAILED')
    return refused(id, 'the compose files cannot be used', project)
  if (project.state !== 'seen')
    return blind(id, 'the compose project', project, ['docker compose config'])
  const { project: name, services, unknown } = project.facts
  if (unknown.length === 0)
    return fine(id, `compose project ${name} has ${counted(services.length, 'service')}`)
  return broken(id, {
    says: `compose project ${name} has no service ${unknown.join(', ')}`,
    because: `ops.yaml names it, and the compose files have ${services.join(', ') || 'none'}`,
    next: ['ops config show', 'docker compose config --services'],
  })
}

/** Can the rest of the stack be started without a registry? */
function judgeImages(images: Looked<readonly ImageFacts[]>): Finding {
  const id = 'configuration.images'
  if (images.state !== 'seen') return blind(id, 'the images of the stack', images)
  const missing = images.facts.filter(({ present }) => !present).map(({ name }) => name)
  if (missing.length === 0)
    return fine(id, 'the images of the other services are on this engine', names(images.facts))
  return doubtful(id, {
    says: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on this engine`,
    because: 'after a disaster it would have to be pulled or built first',
    next: missing.map((name) => `docker pull ${name}   (or: docker compose build)`),
  })
}

function names(images: readonly ImageFacts[]): string {
  return images.map(({ name }) => name).join(', ')
}
