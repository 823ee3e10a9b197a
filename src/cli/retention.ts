import type { Config } from '../config/config.js'
import type { RetentionSettings } from '../procedures/retention/examineShelf.js'

/** What the configuration says about keeping backups. Nothing continues a backup yet, so that none is needed for that. */
export function retentionOf({ backup, timeZone }: Config): RetentionSettings {
  const { retention, trashSeconds } = backup
  return {
    ...(retention === undefined ? {} : { policy: retention }),
    timeZone,
    trashSeconds,
    neededBy: () => () => [],
  }
}
