import { valueIn } from '../../../src/domain/envText.js'
import { limitsFileName, readLimits, type ServiceLimits } from '../../../src/domain/limitsFile.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { healthcare, service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { bedside } from './world.js'

const MiB = 1024 ** 2

/** Where the compose files of the hospital and their settings lie. */
export const env = '/srv/.env'
export const limits = `/srv/${limitsFileName}`

/** Its settings, as somebody wrote them. */
export const settings = '# ports\nMONGO_PORT=27017 # the database\nPASSWORD="a b"\n'

const volume = { type: 'volume', source: 'mongo_data', destination: '/data/db' }
const mounts = [{ ...volume, source: 'healthcare_mongo_data' }]

/** A hospital whose compose makes containers as `.env` and the compose file of limits say; `facts` are of the database before. */
export function ward(facts: Partial<ContainerFacts> = {}) {
  const it = bedside()
  const { world, project } = it
  const memory = { bytes: 256 * MiB, keys: ['mem_limit'] as const }
  const ports = [{ container: 27_017, published: '27017', host: '127.0.0.1' }]
  const described = service('mongodb', { mounts: [volume], memory, ports })
  const mutable = { ...healthcare, services: { ...healthcare.services, mongodb: described } }
  project.project = mutable
  const hash = (edits: number, port: string, limit: ServiceLimits | null) =>
    JSON.stringify([edits, port, limit])
  project.stack.containers[0] = container('mongodb', {
    mounts,
    memoryLimit: 256 * MiB,
    configHash: hash(0, '27017', null),
    ...facts,
  })
  const said = {
    /** How often the compose file was edited since it was made. */
    edits: 0,
    /** How long each container that was made got to get well. */
    patience: [] as number[],
    /** What is wrong with the container that is made next. */
    made: {} as Partial<ContainerFacts>,
    fails: undefined as Error | undefined,
    /** Why compose does nothing at all. */
    refuses: undefined as Error | undefined,
    answers: true,
    taken: new Set<number>(),
    files: [] as (readonly string[])[],
  }
  const configHash = async ({ composeFiles }: { readonly composeFiles: readonly string[] }) => {
    const text = (await world.ownCompose.text(limits)) ?? ''
    const own = composeFiles.includes(limits) ? readLimits(text)?.['mongodb'] : null
    const port = valueIn((await world.files.text(env)) ?? '', 'MONGO_PORT') ?? '27017'
    return hash(said.edits, port, own ?? null)
  }
  const compose = {
    ...world.compose,
    configHash,
    async make(
      stack: { readonly composeFiles: readonly string[] },
      name: string,
      { timeoutSeconds }: { readonly timeoutSeconds: number },
    ) {
      if (said.refuses) throw said.refuses
      project.stack.log.push(`made ${name}`)
      said.patience.push(timeoutSeconds)
      said.files.push(stack.composeFiles)
      const text = (await world.ownCompose.text(limits)) ?? ''
      if (stack.composeFiles.includes(limits) !== (text !== ''))
        throw new Error('compose: no such file')
      const inFile = readLimits(text)?.[name]
      const own = inFile?.mem_limit
      const port = Number(valueIn((await world.files.text(env)) ?? '', 'MONGO_PORT') ?? 27_017)
      project.stack.containers[0] = container(name, {
        id: `id-${said.files.length.toString()}`,
        mounts,
        configHash: await configHash(stack),
        memoryLimit: own === undefined ? 256 * MiB : Number.parseInt(own) * MiB,
        ports: { '27017/tcp': [{ host: '127.0.0.1', port }] },
        log: {
          ...(inFile?.logging ?? { driver: 'json-file', options: {} }),
          path: `/var/lib/docker/containers/${said.files.length.toString()}.log`,
        },
        ...said.made,
      })
      if (said.fails) throw said.fails
    },
  }
  const premises = {
    ...world.premises,
    isFree: (_: string, port: number) => Promise.resolve(!said.taken.has(port)),
    answers: () => Promise.resolve(said.answers),
  }
  const around = {
    ...world,
    compose,
    premises,
    // As whoever reads the configuration anew finds it.
    get stack() {
      const files = ['/srv/docker-compose.yml', ...(it.texts.has(limits) ? [limits] : [])]
      return { composeFiles: files, directory: '/srv', project: 'healthcare' }
    },
  }
  return { ...it, around, said, database: () => project.stack.containers[0] }
}
