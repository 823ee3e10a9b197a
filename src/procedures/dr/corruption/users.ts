import { selectNamespaces } from '../../../archive/select.js'
import { Failure } from '../../../domain/failure.js'
import type { Target } from '../../../domain/target.js'
import type { DumpTools } from '../../../ports/tools.js'
import type { World } from '../../../ports/world.js'
import type { StepContext } from '../../plan.js'
import { rawArchive } from '../../restore/feed.js'
import type { Source } from '../../restore/source.js'
import { withSession } from '../../withSession.js'

/** Where a server keeps its users; mongorestore takes them only with the version of how they are written. */
const kept: ReadonlySet<string> = new Set(['system.users', 'system.roles', 'system.version'])

/** Users and roles on a server that began anew. */
export interface UsersBack {
  /** Users there now. */
  readonly users: number
  /** Users in the backup; null where it holds none. */
  readonly inBackup: number | null
}

/** Users in an archive; nothing where it is not one of the whole instance. */
export function usersIn({ contents }: Pick<Source, 'contents'>): number | undefined {
  return contents.namespaces['admin.system.users']?.documents
}

/**
 * Brings the users and roles of an archive back beside those that the stack made for the new server, which stay as the stack
 * has them. What could not be brought back is told, and takes nothing back: the data is there by then.
 */
export async function bringUsersBack(
  { source, target, tools }: { source: Source; target: Target; tools: DumpTools },
  world: World,
  context: StepContext,
): Promise<UsersBack | undefined> {
  const { signal, warn, detail } = context
  const inBackup = usersIn(source)
  try {
    if (inBackup === undefined)
      warn(
        `${source.name} holds no users and roles: there are those that the stack makes for a new server, and no others`,
      )
    else await feed(source, target, tools, world, signal)
    const users = await withSession(target, world, signal, (session) => session.users())
    if (inBackup !== undefined && users.length < inBackup)
      warn(
        `${users.length.toString()} users are there, ${source.name} has ${inBackup.toString()}: look which are missing`,
      )
    detail(`${users.length.toString()} users`)
    return { users: users.length, inBackup: inBackup ?? null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Failure)) throw error
    warn(`users and roles of ${source.name} could not be brought back: ${error.message}`)
    return undefined
  }
}

async function feed(
  source: Source,
  target: Target,
  tools: DumpTools,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const raw = rawArchive(source, target, world, signal, () => {
    signal.throwIfAborted()
  })
  const wanted = {
    keep: ({ database, collection }: { readonly database: string; readonly collection: string }) =>
      database === 'admin' && kept.has(collection),
    oplog: 'drop' as const,
  }
  const part = selectNamespaces(raw, wanted, { proven: true })
  // Without dropping: a user who is there already is left as he is.
  const request = { drop: false, oplogReplay: false }
  const { exitCode, lines } = await tools.restore(target, request, part, signal)
  if (exitCode === 0) return
  throw new Failure(
    'failed',
    'USERS_NOT_RESTORED',
    `mongorestore left with exit code ${exitCode.toString()}: ${lines.at(-1) ?? 'it said nothing'}`,
    ['ops doctor'],
    { facts: { exitCode, lines } },
  )
}
