import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { compose } from '../../../src/adapters/docker/compose.js'
import { dockerEngine } from '../../../src/adapters/docker/engine.js'
import type { Stack } from '../../../src/domain/target.js'

const image = 'ops-mongo:6.0.5'

/** A throw-away project: a service that becomes healthy, one that depends on it, a job, and one of a profile. */
const file = (token: string) => `
services:
  base:
    image: ${image}
    container_name: door-${token}-base
    entrypoint: [bash, -c, 'echo base is up; trap "exit 0" TERM; while true; do sleep 0.2; done']
    healthcheck: { test: [CMD, 'true'], interval: 1s, timeout: 2s, retries: 3 }
    labels: { ops.test: door }
    volumes: ['kept:/kept']
  web:
    image: ${image}
    entrypoint: [bash, -c, 'sleep 0.3; echo web is up; trap "exit 0" TERM; while true; do sleep 0.2; done']
    depends_on: { base: { condition: service_healthy } }
    labels: { ops.test: door }
  job:
    image: ${image}
    restart: 'no'
    entrypoint: [bash, -c, 'echo "level $$LOG_LEVEL"; echo to stderr >&2; trap "exit 143" TERM; if [ "$$SLOW" ]; then sleep 60 & wait; fi; exit "$$CODE"']
    environment: { LOG_LEVEL: INFO, CODE: '0' }
    depends_on: { base: { condition: service_healthy } }
    labels: { ops.test: door }
  tool:
    image: ${image}
    profiles: [extra]
    entrypoint: [sleep, '60']
    labels: { ops.test: door }
volumes:
  kept:
    labels: { ops.test: door }
`

/** The project in a folder of its own, and the adapter. `remove` leaves nothing behind. */
export async function composeScene() {
  const folder = await mkdtemp(join(tmpdir(), 'ops-compose-'))
  const token = folder.slice(-6).toLowerCase()
  await writeFile(join(folder, 'compose.yaml'), file(token))
  const stack: Stack = {
    composeFiles: [join(folder, 'compose.yaml')],
    directory: folder,
    project: `door${token}`,
    job: 'job',
  }
  const docker = async (...given: string[]) => (await execa('docker', given)).stdout
  return {
    stack,
    folder,
    compose: compose(process.env),
    engine: dockerEngine(() => dockerClient({ environment: process.env, home: '/root' })),
    docker,
    /** Service to state, one-off containers included. */
    async states(): Promise<Record<string, string>> {
      const listed = await docker(
        'ps',
        '--all',
        '--filter',
        `label=com.docker.compose.project=${stack.project ?? ''}`,
        '--format',
        '{{.Label "com.docker.compose.service"}} {{.State}}',
      )
      return Object.fromEntries(
        listed
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split(' ') as [string, string]),
      )
    },
    async remove() {
      await execa(
        'docker',
        [
          'compose',
          '--file',
          join(folder, 'compose.yaml'),
          '--project-name',
          stack.project ?? '',
          '--profile',
          '*',
          'down',
          '--volumes',
          '--timeout',
          '1',
        ],
        { reject: false },
      )
      await rm(folder, { recursive: true, force: true })
    },
  }
}
