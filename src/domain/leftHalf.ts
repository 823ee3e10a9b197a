import type { Receipt, WayBack } from './receipt.js'
import type { Target } from './target.js'

type Touched = NonNullable<Receipt['touched']>

/**
 * Whether a run began to replace live data by other data: from then on it may be half of each. A copy beside the live
 * databases, what concerns the shelf or a place alone, and what is put back after a deletion, replaces none.
 */
export function replacedData(receipt: Receipt): boolean {
  const { shelf, copies, writesLocked, created, putBack, tookAway } = receipt
  const { destroyed, touched, dataFiles, command } = receipt
  if ((shelf ?? copies ?? writesLocked ?? created ?? putBack ?? tookAway) !== undefined)
    return false
  if (destroyed !== undefined) return destroyed && (touched ?? dataFiles) !== undefined
  // Records of earlier versions do not say how far it came.
  return command === 'restore' || command === 'undo'
}

/**
 * Runs that left the data of a target half done, newest first: killed, or failed and not taken back, or damaged files put in
 * place again, and nothing that went through since has replaced all of what they touched. An exchange of data files puts what
 * was half done aside with its files, and taken back it brings it in place again. `receipts` are newest first; `abandoned` are
 * those whose process is gone.
 */
export function leftHalf(
  receipts: readonly Receipt[],
  abandoned: ReadonlySet<string>,
  target: Pick<Target, 'name' | 'databases'>,
): readonly Receipt[] {
  const own = receipts.filter((one) => one.target === target.name && replacedData(one))
  const aside = new Map<string, readonly Receipt[]>()
  let half: readonly Receipt[] = []
  for (const receipt of own.toReversed()) {
    const { state, broughtBackHalf, dataFiles } = receipt
    const failed = state === 'failed' || abandoned.has(receipt.id)
    const left = (failed || neverCameToItsEnd(receipt)) && !isSettled(receipt) ? [receipt] : []
    if (dataFiles && isExchanged(receipt, failed, own.slice(0, own.indexOf(receipt)))) {
      const before = half
      half = [...left, ...(aside.get(dataFiles.folder) ?? []), ...damaged(receipt)]
      aside.set(dataFiles.folder, before)
      // Which of the two files are in place is not known.
      if (failed) half = [...half, ...before]
    } else if (state === 'done' && broughtBackHalf === undefined)
      half = half.filter((earlier) => !replacesAllOf(receipt, earlier, target.databases))
    else if (failed) half = [...half, ...left]
    else if (state === 'done' && !isSettled(receipt)) half = [...half, receipt]
  }
  return own.filter((receipt) => half.includes(receipt))
}

/**
 * Whether the files of this run came in place. One that was taken back and has no undo of its own after it was taken back by
 * the run that came next, as if it had never been.
 */
function isExchanged(
  { state, dataFiles }: Receipt,
  failed: boolean,
  later: readonly Receipt[],
): boolean {
  if (state === 'done' || failed) return true
  return state === 'undone' && later.some((one) => one.dataFiles?.folder === dataFiles?.folder)
}

/** Taken back, and its files may be put in place once more. */
function neverCameToItsEnd({ state, finishedAt, error }: Receipt): boolean {
  return state === 'undone' && (finishedAt === undefined || error !== undefined)
}

/** A run that put files in place again which were damaged. */
function damaged(receipt: Receipt): readonly Receipt[] {
  return putBackDamaged(receipt) && !isSettled(receipt) ? [receipt] : []
}

/** Whether what a run put in place are the damaged files that another had put aside. */
export function putBackDamaged({ dataFiles }: Pick<Receipt, 'dataFiles'>): boolean {
  return dataFiles?.damagedBefore === true && dataFiles.inPlace === 'before'
}

/**
 * What a record says of one target: its own as they are, and of a system that was rebuilt, what became of this target's data. Nothing
 * for records of other targets.
 */
export function toldOf(
  receipt: Receipt,
  { name, databases }: Pick<Target, 'name' | 'databases'>,
): Receipt | undefined {
  if (receipt.target === name) return receipt
  const { system } = receipt
  if (!system?.targets.includes(name)) return undefined
  // What came after its data was back and proved does not concern that data.
  const isBack = system.restored[name] !== undefined
  const state = isBack && receipt.state !== 'undone' ? 'done' : receipt.state
  return { ...receipt, target: name, state, touched: { databases } }
}

/**
 * Earlier versions said so by the code of the error alone. What an exchange of files put aside is settled only as long as
 * they lie there.
 */
function isSettled({ settled, error }: Receipt): boolean {
  return settled ? settled.aside === undefined : error?.code === 'CUT_OFF'
}

/** Whether a run replaced all that an earlier one touched. `all` are the databases of the target; none: whichever there are. */
export function replacesAllOf(
  later: Pick<Receipt, 'touched' | 'dataFiles' | 'system'>,
  earlier: Pick<Receipt, 'touched' | 'dataFiles'>,
  all: readonly string[],
): boolean {
  if (later.dataFiles ?? later.system) return true
  if (!later.touched) return false
  const wanted = earlier.dataFiles ? { databases: all } : (earlier.touched ?? { databases: all })
  return covers(later.touched, wanted)
}

/** Whether `one` reaches over all of the other. Where the other names no database, it means all: named ones do not reach over those. */
export function covers(one: Touched, other: Touched): boolean {
  return (
    (isAll(other) ? isAll(one) : other.databases.every((name) => one.databases.includes(name))) &&
    (one.collection === undefined || one.collection === other.collection)
  )
}

/** Whether `one` and the other have anything in common. */
export function overlaps(one: Touched, other: Touched): boolean {
  return (
    (isAll(one) || isAll(other) || other.databases.some((name) => one.databases.includes(name))) &&
    (one.collection === undefined ||
      other.collection === undefined ||
      one.collection === other.collection)
  )
}

function isAll({ databases }: Touched): boolean {
  return databases.length === 0
}

/** How a run is taken back: to its own state before, or to that of the run whose half-done data it replaced. */
export function wayBackOf(receipt: Receipt): WayBack {
  return receipt.carried ?? receipt
}

/** Whether there is anything to take a run back to. */
export function hasWayBack({ safetyBackup, touched, emptyBefore }: WayBack): boolean {
  return safetyBackup !== undefined || (touched !== undefined && emptyBefore === true)
}
