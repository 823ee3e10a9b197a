import { describe, expect, it } from 'vitest'
import { machineSecrets } from '../../../src/adapters/secrets/secrets.js'
import { Failure } from '../../../src/domain/failure.js'
import type { Stack } from '../../../src/domain/target.js'
import type { ComposeProject, ComposeService } from '../../../src/ports/compose.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'

const stack: Stack = { composeFiles: ['/srv/compose.yml'], project: 'shop', directory: '/srv' }

interface Scene {
  readonly file?: Readonly<Record<string, string>>
  readonly container?: Readonly<Record<string, string>>
  readonly state?: ContainerFacts['state']
  readonly engineDown?: boolean
  readonly stack?: Stack | undefined
}

function scene({ file, container, state = 'running', engineDown = false, ...rest }: Scene) {
  let asked = 0
  const secrets = machineSecrets({
    stack: 'stack' in rest ? rest.stack : stack,
    engine: {
      containers: () => {
        if (engineDown) {
          return Promise.reject(new Failure('environment', 'ENGINE_UNREACHABLE', 'no engine', []))
        }
        const facts = { service: 'db', project: 'shop', state, environment: container ?? {} }
        return Promise.resolve(container === undefined ? [] : [facts as ContainerFacts])
      },
    },
    compose: {
      project: () => {
        asked += 1
        const service = { name: 'db', environment: file ?? {} } as ComposeService
        return Promise.resolve({
          name: 'shop',
          services: { db: service },
        } as unknown as ComposeProject)
      },
    },
  })
  return {
    reveal: async (variable: string) =>
      (await secrets.resolve({ from: 'compose', service: 'db', variable })).reveal(),
    askedCompose: () => asked,
  }
}

describe('a secret from the compose file', () => {
  it('is what the running container was started with, without asking compose', async () => {
    const { reveal, askedCompose } = scene({ container: { P: 'running' }, file: { P: 'edited' } })
    expect(await reveal('P')).toBe('running')
    expect(askedCompose()).toBe(0)
  })

  it('is what the file says where the container is gone, stopped or cannot be asked', async () => {
    expect(await scene({ file: { P: 'a' } }).reveal('P')).toBe('a')
    expect(
      await scene({ file: { P: 'a' }, container: { P: 'b' }, state: 'exited' }).reveal('P'),
    ).toBe('a')
    expect(await scene({ file: { P: 'a' }, engineDown: true }).reveal('P')).toBe('a')
    const nameless: Stack = { composeFiles: stack.composeFiles, directory: stack.directory }
    expect(
      await scene({ file: { P: 'a' }, container: { P: 'b' }, stack: nameless }).reveal('P'),
    ).toBe('a')
  })

  it('asks compose once for all of them', async () => {
    const { reveal, askedCompose } = scene({ file: { U: 'u', P: 'p' } })
    expect(await Promise.all([reveal('U'), reveal('P')])).toEqual(['u', 'p'])
    expect(askedCompose()).toBe(1)
  })

  it('asks again after a failure, which is passed on as it is', async () => {
    const answers = [Promise.reject(new Failure('failed', 'COMPOSE_FAILED', 'broken', []))]
    const secrets = machineSecrets({
      stack,
      engine: { containers: () => Promise.resolve([]) },
      compose: {
        project: () => {
          const services = { db: { environment: { P: 'mended' } } }
          const project = { name: 'shop', services } as unknown as ComposeProject
          return answers.pop() ?? Promise.resolve(project)
        },
      },
    })
    const reference = { from: 'compose', service: 'db', variable: 'P' } as const
    await expect(secrets.resolve(reference)).rejects.toMatchObject({ code: 'COMPOSE_FAILED' })
    expect((await secrets.resolve(reference)).reveal()).toBe('mended')
  })

  it('says which file the service reads it from where it is given as a file', async () => {
    const { reveal } = scene({ file: { P_FILE: '/run/secrets/db' } })
    await expect(reveal('P')).rejects.toMatchObject({
      kind: 'usage',
      code: 'SECRET_UNAVAILABLE',
      message:
        'the compose file sets no db.P: the service reads it from /run/secrets/db inside its container (P_FILE); name that file on this machine with {file: …} instead',
    })
  })

  it('says what is missing where there is neither', async () => {
    await expect(scene({ file: {} }).reveal('P')).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      message: 'the compose file sets no db.P, and no P_FILE either',
    })
    await expect(scene({ file: { P: '' } }).reveal('P')).rejects.toMatchObject({
      message: 'the compose file sets db.P to nothing, and no P_FILE either',
    })
    await expect(scene({ stack: undefined }).reveal('P')).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
    })
  })
})
