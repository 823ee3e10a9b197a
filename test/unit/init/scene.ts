import type { ConfigReading } from '../../../src/config/config.js'
import { parseConfig } from '../../../src/config/parse.js'
import type { ComposeProject, ComposeService } from '../../../src/ports/compose.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { draft, type Draft } from '../../../src/procedures/init/draft.js'
import type { InitFacts } from '../../../src/procedures/init/initFacts.js'
import { render } from '../../../src/procedures/init/render.js'

/** A value that no output may hold. */
export const canary = 'hunter2-canary'

export function service(name: string, given: Partial<ComposeService> = {}): ComposeService {
  return {
    name,
    environment: {},
    profiles: [],
    dependsOn: {},
    ports: [],
    volumes: [],
    healthcheck: false,
    ...given,
  }
}

export function container(name: string, given: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: `id-of-${name}`,
    name,
    image: 'busybox',
    imageId: 'sha256:0',
    state: 'running',
    exitCode: 0,
    oomKilled: false,
    restarts: 0,
    command: [],
    environment: {},
    ports: {},
    addresses: {},
    mounts: [],
    memoryLimit: 0,
    ...given,
  }
}

/** Facts of a project called `shop` with its compose file in /srv/shop. */
export function facts(
  services: readonly ComposeService[],
  given: Partial<InitFacts> & { readonly secrets?: ComposeProject['secrets'] } = {},
): InitFacts {
  const { secrets, ...rest } = given
  return {
    folder: '/srv/shop',
    shelf: '/var/backups/ops',
    compose: {
      stack: { composeFiles: ['/srv/shop/compose.yml'], directory: '/srv/shop' },
      project: {
        name: 'shop',
        services: Object.fromEntries(services.map((one) => [one.name, one])),
        volumes: [],
        ...(secrets === undefined ? {} : { secrets }),
      },
    },
    containers: [],
    environmentNames: [],
    servers: {},
    ...rest,
  }
}

/** Facts of a machine without a compose file. */
export function bare(given: Partial<InitFacts> = {}): InitFacts {
  return {
    folder: '/root/my folder',
    shelf: '/var/backups/ops',
    containers: [],
    environmentNames: [],
    servers: {},
    ...given,
  }
}

/** What init writes, read back. Fails where that warns, or where a value of the stack got into it. */
export function written(
  given: InitFacts,
  env: Readonly<Record<string, string>> = {},
): { readonly text: string; readonly draft: Draft; readonly config: ConfigReading['config'] } {
  const decided = draft(given)
  const text = render(decided)
  if (text.includes(canary) || decided.notes.join().includes(canary)) {
    throw new Error('a value of the stack got into the configuration')
  }
  const around = { env, cwd: given.folder, home: '/root', uid: 0 }
  const { config, warnings } = parseConfig(text, `${given.folder}/ops.yaml`, around)
  if (warnings.length > 0) throw new Error(warnings.join('\n'))
  return { text, draft: decided, config }
}
