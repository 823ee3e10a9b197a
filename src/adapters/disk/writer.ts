import { lstat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { processIdentity } from '../state/processIdentity.js'

/** The process that a file belongs to, as the file's name tells it. */
export interface Writer {
  readonly pid: number
  /** Whether it is one of this machine: only then its number says anything here. */
  readonly ours: boolean
}

/** The host's name as it stands in a file's name, without a dot: those part the rest of it. */
export function thisMachine(): string {
  return hostname().replaceAll(/[^\w-]/g, '_')
}

/** Who a name tells of. Names told no machine once: then it is taken to be this one. */
export function writerOf(pid: string | undefined, machine = thisMachine()): Writer {
  return { pid: Number(pid), ours: machine === thisMachine() }
}

/** Milliseconds after which a file of another machine is nobody's. A day also covers clocks that disagree. */
const longestUse = 24 * 60 * 60 * 1000

/**
 * Whether the process that a file belongs to may still want it. Of a process of another machine, which shares the folder,
 * nothing is known but how old its file is.
 */
export async function mayBeWanted({ pid, ours }: Writer, path: string): Promise<boolean> {
  if (ours) return (await processIdentity(pid)) !== undefined
  const found = await lstat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs < longestUse
}
