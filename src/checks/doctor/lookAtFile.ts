import type { Machine, Tracking } from '../../ports/machine.js'
import type { FileEvidence, Looked } from './evidence.js'
import { look, seen, type Watch } from './look.js'

/** Seconds for the file system, and for git. */
const patience = 6

/** A file's readers and writers, and whether git keeps it. What is not there is in no repository. */
export async function lookAtFile(
  path: string,
  machine: Machine,
  watch: Watch,
): Promise<FileEvidence> {
  const facts = await look(watch, patience, () => machine.path(path))
  const tracking: Looked<Tracking> =
    seen(facts)?.kind === 'file'
      ? await look(watch, patience, () => machine.tracking(path))
      : { state: 'seen', facts: { state: 'outside' } }
  return { path, facts, tracking }
}
