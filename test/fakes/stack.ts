import type { Target } from '../../src/domain/target.js'
import type { ContainerPower } from '../../src/ports/containerPower.js'
import type { Containers } from '../../src/ports/containers.js'
import type { Compose } from '../../src/ports/compose.js'
import type { ContainerFacts, Engine } from '../../src/ports/engine.js'

/** A running container of the project `healthcare`. */
export function container(service: string, changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: `id-${service}`,
    name: `healthcare_${service}`,
    image: 'ops-mongo:6.0.5',
    imageId: 'sha256:1',
    state: 'running',
    exitCode: 0,
    oomKilled: false,
    restarts: 0,
    command: ['mongod'],
    environment: {},
    ports: {},
    addresses: {},
    mounts: [],
    memoryLimit: 0,
    project: 'healthcare',
    service,
    ...changes,
  }
}

/** An engine and its compose in memory: stopping and starting changes the containers' state; `log` tells what was asked. */
export class FakeStack {
  readonly log: string[] = []
  /** Whether the volumes of the project are there. */
  volumes = true
  /** A service that is unhealthy however often it is started. */
  staysIll: string | undefined

  constructor(readonly containers: ContainerFacts[]) {}

  engine(): Engine {
    return {
      facts: () =>
        Promise.resolve({
          version: '20.10',
          apiVersion: '1.41',
          operatingSystem: 'linux',
          local: true,
          endpoint: 'unix:///var/run/docker.sock',
        }),
      containers: () => Promise.resolve([...this.containers]),
      container: (name) =>
        Promise.resolve(this.containers.find((facts) => facts.name === name || facts.id === name)),
      use: () => Promise.resolve([]),
      meters: () => Promise.resolve([]),
      hasVolume: () => Promise.resolve(this.volumes),
      image: () => Promise.resolve({ id: 'sha256:1', bytes: 1 }),
    }
  }

  finder(): Containers {
    const find = (target: Target) => {
      const { place } = target
      return Promise.resolve(
        this.containers.find((facts) =>
          place.kind === 'service' ? facts.service === place.service : false,
        ),
      )
    }
    return { find, running: find }
  }

  power(): ContainerPower {
    const set = (id: string, state: ContainerFacts['state'], word: string) => {
      this.log.push(`${word} ${id}`)
      const at = this.containers.findIndex((facts) => facts.id === id)
      const facts = this.containers[at]
      if (facts) {
        const after: { -readonly [Fact in keyof ContainerFacts]: ContainerFacts[Fact] } = {
          ...facts,
          state,
        }
        delete after.health
        if (this.staysIll === facts.service) after.health = 'unhealthy'
        this.containers[at] = after
      }
      return Promise.resolve()
    }
    return {
      stop: (id) => set(id, 'exited', 'power off'),
      start: (id) => set(id, 'running', 'power on'),
      unpause: (id) => set(id, 'running', 'unpause'),
    }
  }

  compose(): Compose {
    const set = (services: readonly string[], state: ContainerFacts['state']) => {
      for (const [at, facts] of this.containers.entries()) {
        if (services.includes(facts.service ?? '')) this.containers[at] = { ...facts, state }
      }
      return Promise.resolve()
    }
    const refuse = () => Promise.reject(new Error('not part of this story'))
    return {
      version: () => Promise.resolve('2.26.1'),
      project: () => Promise.resolve({ name: 'healthcare', services: {}, volumes: [] }),
      configHash: () => Promise.resolve('as made'),
      up: refuse,
      make: refuse,
      down: refuse,
      run: refuse,
      logs: refuse,
      lastLines: refuse,
      stop: (_stack, services) => {
        this.log.push(`stop ${services.join(' ')}`)
        return set(services, 'exited')
      },
      start: (_stack, services) => {
        this.log.push(`start ${services.join(' ')}`)
        return set(services, 'running')
      },
      restart: (_stack, services) => {
        this.log.push(`restart ${services.join(' ')}`)
        return set(services, 'running')
      },
    }
  }
}
