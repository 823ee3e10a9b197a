import type { Optime } from '../../../domain/contents.js'
import { isAfter, optimeText } from '../../../domain/oplog/optime.js'
import type { Failure } from '../../../domain/failure.js'
import type { Kit, KitUser } from '../../../domain/kit.js'
import type { RebuiltSystem } from '../../../domain/receipt.js'
import type { Target } from '../../../domain/target.js'
import type { ServerProof } from '../proveServer.js'
import type { BroughtBack } from './bringBack.js'
import { entering } from './firstUser.js'
import type { SystemFacts } from './look.js'
import type { OpenArchive } from './openArchives.js'
import type { Missing } from './request.js'

/** What a recovery has done so far. */
export class SystemRun {
  readonly missing: Missing[]
  readonly proofs: ServerProof[] = []
  readonly started: string[] = []
  readonly images: string[] = []
  readonly results = new Map<string, BroughtBack>()
  /** Services that this run, or one that it goes on with, began to start. */
  readonly #begun: Set<string>
  #restored: Readonly<Record<string, string>>
  #reached: Readonly<Record<string, Optime>>
  readonly #gone = new Set<string>()

  constructor(
    private readonly facts: SystemFacts,
    private readonly folder: string,
    private readonly kits: Readonly<Record<string, Kit | undefined>>,
  ) {
    this.missing = [...facts.missing]
    this.#begun = new Set(facts.earlier?.services)
    this.#restored = { ...facts.earlier?.restored }
    this.#reached = { ...facts.earlier?.reached }
  }

  /** For the record: written before anything is made, so that a killed run's volumes are known. */
  get system(): RebuiltSystem {
    const { folders } = this.facts
    const { name: project, volumes } = this.facts.project
    const names = volumes.map(({ name }) => name)
    const targets = this.facts.archives.map(({ target: { name } }) => name)
    const restored = this.#restored
    const reached = this.#reached
    const services = [...this.#begun]
    const made = { volumes: names, folders, services }
    return { folder: this.folder, project, ...made, targets, restored, reached }
  }

  /** Said before they are started, so that the record has them first. */
  begins(services: readonly string[]): void {
    for (const service of services) this.#begun.add(service)
  }

  /** The backup that an earlier run brought back whole; its data is left as it is. */
  restoredBefore({ name }: Target): string | undefined {
    return this.#gone.has(name) ? undefined : this.facts.earlier?.restored[name]
  }

  /** Nothing of what an earlier run brought back is there any more: the record says so before it is restored again. */
  isGone({ name }: Target): void {
    this.#gone.add(name)
    this.#restored = without(this.#restored, name)
    this.#reached = without(this.#reached, name)
  }

  /** Namespaces that an earlier run brought back from a backup, and that are empty or not there now. */
  lost({ name }: Target, backup: string, namespaces: readonly string[]): void {
    if (namespaces.length === 0) return
    const because = `an earlier run brought back ${namespaces.join(', ')} from ${backup}, and nothing is in it now: it is left as it is`
    this.missing.push({
      what: 'data',
      name,
      because,
      next: [`ops restore ${backup} --target ${name} --from PLACE`],
    })
  }

  /** Slices that lie behind what an earlier run brought back are not replayed onto it: what is in them is not there. */
  reachedBefore({ target: { name }, replay }: OpenArchive, backup: string): void {
    const until = replay?.moment.until
    const reached = this.#reached[name]
    if (!until || (reached && !isAfter(until, reached))) return
    const asFar = reached ? `, replayed up to ${optimeText(reached)}` : ''
    this.missing.push({
      what: 'oplog',
      name,
      because: `an earlier run brought it back from ${backup}${asFar}, and slices reach to ${optimeText(until)} by now: what is in them since is not replayed`,
      next: [
        `ops restore --to-time TIME --target ${name} --from PLACE   (a name in backup.copies)`,
      ],
    })
  }

  restored({ target: { name }, manifest, replay }: OpenArchive, brought: BroughtBack): void {
    this.results.set(name, brought)
    this.#restored = { ...this.#restored, [name]: manifest.id }
    const others = without(this.#reached, name)
    this.#reached = replay ? { ...others, [name]: replay.moment.until } : others
  }

  /** What was measured of each restore, by its target; slices that were replayed among it. */
  get measured(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.results].map(([name, { proof, users }]) => {
        const { source, moment, slices, replay, engine } = proof ?? {}
        return [name, { source, moment, slices, replay, engine, users }]
      }),
    )
  }

  /** Nothing where no kit says which there were. */
  usersOf({ name }: Target): readonly KitUser[] | undefined {
    return this.kits[name]?.users
  }

  /** As whom a server that begins anew is signed in to. */
  entering(target: Target): Target {
    return entering(target, this.facts.project)
  }

  /** The user that the target names is not there, or not with this password. */
  withoutOwnUser({ name }: Target, { message }: Failure): void {
    this.missing.push({
      what: 'user',
      name,
      because: `the user that ops.yaml names cannot sign in: ${message}; the data was proved as the first user that the image makes`,
      next: [
        'ops config show   (where its name and password come from)',
        'db.getSiblingDB("admin").createUser(…) in mongosh, as the first user',
      ],
    })
  }

  replicaSetOf({ name }: Target): Kit['replicaSet'] {
    return this.kits[name]?.replicaSet
  }

  /** The server was a member of a set, and is a standalone now: that is told, since it keeps no oplog any more. */
  isOfNoSet(target: Target): void {
    const { name } = target
    const set = this.replicaSetOf(target)
    if (!set) return
    this.missing.push({
      what: 'server',
      name,
      because: `it was a member of the replica set ${set.name}, and was made as a standalone: nothing follows its writes`,
      next: [`ops pitr enable --target ${name}`, 'docker compose config   (how it is started)'],
    })
  }

  withoutImage(name: string, services: readonly string[], { message, next }: Failure): void {
    const because = `${message} (${services.join(', ')})`
    this.missing.push({ what: 'image', name, because, next })
  }

  withoutService(name: string, { message, next }: Failure): void {
    this.missing.push({ what: 'service', name, because: message, next })
  }
}

function without<Value>(
  all: Readonly<Record<string, Value>>,
  name: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).filter(([other]) => other !== name))
}
