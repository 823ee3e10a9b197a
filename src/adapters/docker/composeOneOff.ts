import type { Finished } from './composeProcess.js'

/** Name of the container that a job runs in; it stays until the job's next run, so that its log can be read. */
export function jobContainer(project: string, service: string): string {
  return `${project}-${service}-job`
}

/** Ids of running one-off containers of these services: `compose stop` leaves them alone, and they write too. */
export async function oneOffs(
  project: string,
  services: readonly string[],
  docker: (given: readonly string[]) => Promise<Finished>,
): Promise<readonly string[]> {
  const label = (name: string, value: string) => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ]
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
