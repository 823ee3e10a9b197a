import type { ComposeDocument } from '../../src/domain/composeDocument.js'
import type { Clone, Laboratory, Room } from '../../src/ports/laboratory.js'
import type { World } from '../../src/ports/world.js'
import { FakePlace } from './copyPlace.js'
import { FakeProject } from './project.js'
import { fakeWorld } from './world.js'

/** The hospital's compose project, written out. */
const writtenOut: ComposeDocument = {
  name: 'healthcare',
  services: {
    mongodb: {
      image: 'mongo:6',
      container_name: 'healthcare_db',
      command: ['mongod', '--replSet', 'rs0', '--port=27018'],
      environment: { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: 'a$$b' },
    },
    migration_app: { image: 'loader', depends_on: { mongodb: {} } },
    api: { image: 'api', depends_on: { mongodb: {} } },
  },
}

/** Clones in memory: the server of one is a fake server that what it is filled with goes to. */
export class FakeLaboratory implements Laboratory {
  /** What was asked of it, in order. */
  readonly log: string[] = []
  left: string[] = []
  found: Room = { freeBytes: 1e12, freeMemoryBytes: 1e12 }
  readonly inside = fakeWorld()
  readonly project = new FakeProject([])
  opened: ComposeDocument | undefined
  /** What the clock of the clone does when somebody sleeps; it stands still where it is left out. */
  sleep: World['clock']['sleep'] | undefined
  /** Numbers of documents that are there when somebody looks; all that were confirmed where it is left out. */
  survivors: readonly number[] | undefined
  /** Milliseconds since 1970 of the last write that was confirmed; they go on where it is left out. */
  wroteUntil: number | undefined
  /** What deleting many takes away. */
  deleted = { namespace: 'medical_records.healthcare_data', documents: 40 }
  readonly place = new FakePlace()
  readonly copied: string[] = []
  readonly #confirmed: number[] = []

  sweep(): Promise<readonly string[]> {
    return Promise.resolve(this.left.splice(0))
  }

  document(): Promise<ComposeDocument> {
    return Promise.resolve(writtenOut)
  }

  room(): Promise<Room> {
    return Promise.resolve(this.found)
  }

  name() {
    return Promise.resolve({ project: 'ops-drill-1', labels: { 'ops.purpose': 'drill' } })
  }

  open(document: ComposeDocument): Promise<Clone> {
    this.opened = document
    const { log, inside } = this
    const stack = { composeFiles: ['-'], directory: '/srv', project: 'ops-drill-1' }
    const world = {
      ...inside.world,
      clock: this.sleep ? { ...inside.clock, sleep: this.sleep } : inside.world.clock,
      engine: this.project.engine(),
      compose: this.project.compose(),
      stack,
    }
    const note = (text: string) => {
      log.push(text)
      return Promise.resolve()
    }
    return Promise.resolve({
      project: 'ops-drill-1',
      stack,
      world,
      writes: {
        begin: (_target, { database, collection }, first) => {
          log.push(`write ${database}.${collection} from ${first.toString()}`)
          const writes = [first, first + 1].map((number) => ({
            number,
            at: Date.parse('2026-11-21T13:02:04Z') + number * 1000,
          }))
          this.#confirmed.push(...writes.map(({ number }) => number))
          const newest = () => ({ number: first + 1, at: this.wroteUntil ?? Infinity })
          return Promise.resolve({ newest, stop: () => Promise.resolve(writes) })
        },
        found: () => Promise.resolve(new Set(this.survivors ?? this.#confirmed)),
      },
      bareFolder: '/srv',
      place: this.place,
      freeBytes: () => Promise.resolve(1e12),
      copyAway: (_target, { manifest }) => {
        this.copied.push(manifest.id)
        return note(`copy away ${manifest.id}`)
      },
      vanish: () => note('vanish'),
      lend: (_target, { manifest, path }) => {
        inside.shelf.manifests.set(manifest.id, manifest)
        inside.shelf.files.set(`${inside.shelf.folder}/${manifest.file}`, this.lent(path))
        return note(`lend ${manifest.id}`)
      },
      kill: (service) => note(`kill ${service}`),
      takeAway: (service) => note(`take away ${service}`),
      damage: async (_target, service) => {
        await note(`damage ${service}`)
        return ['./collection-1.wt']
      },
      deleteMany: async (_target, { databases, except }) => {
        await note(`delete from ${databases.join()} but ${except}`)
        return this.deleted
      },
      remove: () => note('remove'),
    })
  }

  /** The bytes of a file of the real shelf. */
  lent: (path: string) => Buffer = () => Buffer.alloc(0)
}
