import type { Host } from '../../ports/host.js'
import type { OwnContainerRequest } from '../../ports/ownContainers.js'
import { isGone, processIdentity } from '../state/processIdentity.js'

/** The label that every container of ours has. */
export const purposeLabel = 'ops.purpose'

const label = {
  target: 'ops.target',
  host: 'ops.owner.host',
  pid: 'ops.owner.pid',
  startTicks: 'ops.owner.start-ticks',
  bootId: 'ops.owner.boot',
}

/** Whose a container is: the run of ops that made it, told apart from any later process with its number. */
export async function ownLabels(
  { purpose, target }: Pick<OwnContainerRequest, 'purpose' | 'target'>,
  host: Host,
): Promise<Record<string, string>> {
  const owner = await processIdentity(host.pid)
  return {
    [purposeLabel]: purpose,
    [label.target]: target,
    [label.host]: host.name,
    [label.pid]: host.pid.toString(),
    ...(owner?.startTicks === undefined ? {} : { [label.startTicks]: owner.startTicks }),
    ...(owner?.bootId === undefined ? {} : { [label.bootId]: owner.bootId }),
  }
}

/** Whether the run that made a container is certainly gone. Of runs on other machines nothing can be known. */
export async function isLeftBehind(
  labels: Readonly<Record<string, string>>,
  host: Host,
): Promise<boolean> {
  const pid = Number(labels[label.pid])
  if (labels[label.host] !== host.name || !Number.isSafeInteger(pid) || pid <= 0) return false
  const startTicks = labels[label.startTicks]
  const bootId = labels[label.bootId]
  return isGone({
    pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(bootId === undefined ? {} : { bootId }),
  })
}
