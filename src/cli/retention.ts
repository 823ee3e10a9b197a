import { folderShelf } from '../adapters/shelf/shelf.js'
import { folderSlices } from '../adapters/slices/slices.js'
import type { Config } from '../config/config.js'
import type { RetentionPolicy } from '../domain/retention/policy.js'
import { neededBySlices } from '../procedures/oplog/needed.js'
import type { RetentionSettings } from '../procedures/retention/examineShelf.js'

/** Seconds of slices that can be restored to whatever else, where no section says so: that of a section without a word of it. */
const usualSeconds = 7 * 24 * 60 * 60

/** What the configuration says about keeping backups. Slices of the time in which everything is kept keep their base too. */
export function retentionOf({ backup, timeZone }: Config): RetentionSettings {
  const { retention, trashSeconds } = backup
  return {
    ...(retention === undefined ? {} : { policy: retention }),
    timeZone,
    trashSeconds,
    sliceSeconds: retention?.keepWithinSeconds ?? usualSeconds,
    neededBy: ({ name }, now) => {
      const seconds = retention?.keepWithinSeconds ?? usualSeconds
      const places = {
        shelf: folderShelf(backup.shelf, name),
        slices: folderSlices(backup.shelf, name),
      }
      return neededBySlices(places, new Date(now.getTime() - seconds * 1000))
    },
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
