import { Elements } from '../../archive/bson/elements.js'
import type { ReadOperation } from '../../archive/oplog/operations.js'
import type { Deletion } from '../../domain/deletions/deletion.js'
import { compareOptimes } from '../../domain/oplog/optime.js'

/** What became of a collection before a write to it: the write may be about other documents than a restore brought back. */
export interface Behind {
  /** Places of the drops before it, among what was found. */
  readonly drops: readonly number[]
  /** Whether another collection got its name before it, by a renaming or an `$out`. */
  readonly isReplaced: boolean
}

/** Follows drops, renamings and `$out` through operations in their order. */
export class ReplacedCollections {
  readonly #drops = new Map<string, readonly number[]>()
  readonly #replaced = new Set<string>()

  constructor(private readonly deletions: readonly Deletion[]) {}

  take(operation: ReadOperation): void {
    const { kind, namespace } = operation
    if (isOtherSince(operation)) this.#replaced.add(namespace)
    if (kind !== 'drop' && kind !== 'dropDatabase') return
    const drop = this.deletions.findIndex((one) => isOf(one, operation))
    if (drop < 0) this.#replaced.add(namespace)
    else this.#drops.set(namespace, [...(this.#drops.get(namespace) ?? []), drop])
  }

  /** What was before a write to a collection that comes now; nothing where it is still the same one. */
  before(namespace: string): Behind | undefined {
    const names = [namespace, databaseOf(namespace)]
    const drops = new Set(names.flatMap((name) => this.#drops.get(name) ?? []))
    const isReplaced = names.some((name) => this.#replaced.has(name))
    return drops.size === 0 && !isReplaced ? undefined : { drops: [...drops], isReplaced }
  }
}

/** Whether a name stands for another collection after an operation: renamed to it, renamed away from it, replaced by an `$out`. */
export function isOtherSince({ kind, raw }: ReadOperation): boolean {
  if (kind === 'replace' || kind === 'rename') return true
  return kind === 'create' && raw !== undefined && isRenaming(raw)
}

/** Whether a command gives a collection its name by a renaming. */
function isRenaming(raw: Buffer): boolean {
  const command = new Elements(raw, 0).find('o')
  if (!command?.isDocument) return false
  const fields = command.inside()
  return fields.next() && fields.name === 'renameCollection'
}

/** A collection that went with its database is a part of that. */
function isOf({ kind, namespace, first, last }: Deletion, operation: ReadOperation): boolean {
  const isThere =
    kind === 'dropDatabase'
      ? namespace === databaseOf(operation.namespace)
      : kind === 'drop' && namespace === operation.namespace
  const { at } = operation
  return isThere && compareOptimes(first, at) <= 0 && compareOptimes(at, last) <= 0
}

function databaseOf(namespace: string): string {
  return namespace.split('.', 1)[0] ?? ''
}
