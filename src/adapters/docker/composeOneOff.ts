import type { Finished } from './composeProcess.js'

/** Name of the container that a job runs in; it stays until the job's next run, so that its log can be read. */
export function jobContainer(project: string, service: string): string {
  return `${project}-${service}-job`
}

/** Ids of every one-off container of a project, running or not: `compose down` leaves them behind. */
export async function allOneOffs(
  project: string,
  docker: (given: readonly string[]) => Promise<Finished>,
): Promise<readonly string[]> {
  const listed = await docker([
    'ps',
    '--all',
    '--quiet',
    ...label('project', project),
    ...label('oneoff', 'True'),
  ])
  return listed.stdout.split('\n').filter((id) => id !== '')
}

/** Ids of running one-off containers of these services: `compose stop` leaves them alone, and they write too. */
export async function oneOffs(
  project: string,
  services: readonly string[],
  docker: (given: readonly string[]) => Promise<Finished>,
): Promise<readonly string[]> {
  const found = await Promise.all(
    services.map((service) =>
      docker([
        'ps',
        '--quiet',
        ...label('project', project),
        ...label('service', service),
        ...label('oneoff', 'True'),
      ]),
    ),
  )
  return found.flatMap(({ stdout }) => stdout.split('\n').filter((id) => id !== ''))
}

function label(name: string, value: string): readonly string[] {
  return ['--filter', `label=com.docker.compose.${name}=${value}`]
}
