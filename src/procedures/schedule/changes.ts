import { Failure } from '../../domain/failure.js'
import type { Schedulers } from '../../ports/schedulers.js'
import { withBlock } from './cronTable.js'
import type { Installation } from './layout.js'
import type { Piece } from './pieces.js'

/** One thing to do to a text of a schedule. */
export interface Change {
  readonly action: 'write' | 'replace' | 'remove'
  readonly piece: Piece
}

/** Everything to be done, decided before anything is. */
export interface Changes {
  readonly changes: readonly Change[]
  /** Timers to take into service: those that change, and those that stand still. */
  readonly activate: readonly string[]
}

/**
 * What makes the texts as they should be. Throws `SCHEDULE_EDITED` (refused) for one that somebody changed, or that
 * belongs to another stack: it is named and left alone.
 */
export function changesFor(
  pieces: readonly Piece[],
  active: (timer: string) => boolean,
  stack: Installation['stack'],
): Changes {
  const inTheWay = pieces.filter(
    ({ state, wanted }) => state === 'edited' || (state === 'foreign' && wanted !== undefined),
  )
  if (inTheWay.length > 0) throw leftAlone(inTheWay, stack)

  const changes = pieces.flatMap((piece): Change[] => {
    const { state, wanted } = piece
    if (wanted === undefined) return state === 'outdated' ? [{ action: 'remove', piece }] : []
    if (state === 'current') return []
    return [{ action: state === 'absent' ? 'write' : 'replace', piece }]
  })
  const changed = new Set(changes.map(({ piece }) => piece.job))
  const activate = pieces.flatMap(({ timer, wanted, job }) =>
    timer !== undefined && wanted !== undefined && (changed.has(job) || !active(timer))
      ? [timer]
      : [],
  )
  return { changes, activate }
}

/**
 * Carries changes out. Below a scratch root nothing is taken into service: whoever puts the files on a machine does
 * that. Throws what writing and systemd throw; doing it again mends a run that broke off.
 */
export async function apply(
  { changes, activate }: Changes,
  installation: Installation,
  schedulers: Schedulers,
): Promise<void> {
  const { root, scope } = installation
  const live = root === ''
  const ending = changes.flatMap(({ action, piece }) =>
    action === 'remove' && piece.timer !== undefined ? [piece.timer] : [],
  )
  if (live && ending.length > 0) await schedulers.deactivate(ending, scope)
  for (const change of changes) await applyOne(change, installation, schedulers)
  if (!live) return
  if (activate.length > 0) await schedulers.activate(activate, scope)
  else if (ending.length > 0) await schedulers.reload(scope)
}

async function applyOne(
  { action, piece }: Change,
  { stack }: Installation,
  schedulers: Schedulers,
): Promise<void> {
  const { place, wanted } = piece
  if (place.kind === 'crontab') {
    // Read again: the rest of it is somebody else's, who may have changed it while the question stood.
    const crontab = (await schedulers.read(place))?.text ?? ''
    await schedulers.write(place, withBlock(crontab, stack, wanted))
  } else if (action === 'remove' || wanted === undefined) await schedulers.remove(place.path)
  else await schedulers.write(place, wanted)
}

function leftAlone(pieces: readonly Piece[], stack: Installation['stack']): Failure {
  const [first] = pieces
  const edited = first?.state === 'edited'
  const why = edited
    ? 'was edited after ops wrote it'
    : `was not written for the stack ${stack.name} of ${stack.file}`
  const files = pieces.flatMap(({ place }) => (place.kind === 'file' ? [place.path] : []))
  return new Failure(
    'refused',
    'SCHEDULE_EDITED',
    `${pieces.map(({ path }) => path).join(' and ')} ${why}; nothing was changed`,
    files.length > 0
      ? files.map((path) => `mv ${path} ${path.replace(/\.(service|timer)$/, '')}.kept-aside`)
      : ['crontab -e   (take the lines between the two marks of ops out)'],
    { facts: { files: pieces.map(({ path, state }) => ({ path, state })) } },
  )
}
