import { look, type Watch } from '../../checks/doctor/look.js'
import type { ServiceSeen } from '../../checks/troubleshoot/evidence.js'
import { unboundedLog } from '../../checks/troubleshoot/unboundedLog.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Premises } from '../../ports/premises.js'

/** Seconds for one file. */
const patience = 5

/**
 * How large the log of a container is, where nothing bounds it. Its path holds the id of the container: no other file bears it. Most users may not
 * look at it, which is told where somebody asked about disks.
 */
export async function lookAtLog(
  facts: ContainerFacts | undefined,
  { premises }: { readonly premises: Pick<Premises, 'fileBytes' | 'space'> },
  watch: Watch,
  isAsked: boolean,
): Promise<Pick<ServiceSeen, 'log'>> {
  const path = facts && unboundedLog(facts)
  if (path === undefined) return {}
  const log = await look(watch, patience, async () => {
    const bytes = await premises.fileBytes(path)
    return bytes === undefined ? null : { bytes, space: await premises.space(path) }
  })
  if (!isAsked || log.state !== 'seen' || log.facts) return { log }
  return {
    log: { state: 'unseen', because: `${path} is not to be seen from here, or by this user` },
  }
}
