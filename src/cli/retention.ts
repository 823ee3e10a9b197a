import type { Config } from '../config/config.js'
import type { RetentionPolicy } from '../domain/retention/policy.js'
import type { RetentionSettings } from '../procedures/retention/examineShelf.js'

/** What the configuration says about keeping backups. Nothing continues a backup yet, so that none is needed for that. */
export function retentionOf({ backup, timeZone }: Config): RetentionSettings {
  const { retention, trashSeconds } = backup
  return {
    ...(retention === undefined ? {} : { policy: retention }),
    timeZone,
    trashSeconds,
    neededBy: () => () => [],
    policyAt: (place) => policyAt(place, backup),
  }
}

/** The policy of a place: its own, else that of the shelf; none where nothing is to be removed from it. */
function policyAt(
  name: string,
  { copies, retention }: Config['backup'],
): RetentionPolicy | undefined {
  const place = copies.find((one) => one.name === name)
  return place === undefined || place.prune === false ? undefined : (place.retention ?? retention)
}
