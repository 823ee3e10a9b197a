import type { Manifest } from '../../domain/manifest.js'
import type { World } from '../../ports/world.js'
import { copiesAfter } from '../copies/afterBackup.js'
import type { Procedure } from '../plan.js'
import { planBackupPart, type BackupRequest } from './backupPart.js'

/** What `ops backup` answers. */
export type BackupResult = Manifest & { readonly path: string }

/** Takes a backup: nothing is changed on the server, and nothing is listed unless it is whole. */
export const takeBackup: Procedure<BackupRequest, BackupResult, World> = {
  id: 'backup',
  summary: 'take a backup now and check it while it is written',

  async plan(request, world) {
    const { target } = request
    const session = await world.mongo.connect(target)
    const part = await planBackupPart(request, world, session).finally(() => session.close())
    const { folder } = world.shelf(target)
    const copies = copiesAfter(() => part.manifest(), target, world)
    return {
      command: 'backup',
      target: target.name,
      title: `back up ${target.name}`,
      facts: [
        ['Takes', part.scope.because],
        ['Engine', `${part.tools.name} (${part.because})`],
        ['Data', `${part.expected.toString()} bytes in ${part.scope.databases.join(', ')}`],
        ['To', folder],
        ...world.copies.map(({ name, where }) => ['Copy to', `${name} (${where})`] as const),
      ],
      loses: [],
      steps: [...part.steps, ...copies.steps],
      holds: 'lock',
      result: () => {
        const manifest = part.manifest()
        if (!manifest) throw new Error('a backup has a result only after its last step')
        return { ...manifest, copies: copies.states(), path: `${folder}/${manifest.file}` }
      },
    }
  },
}
