import { createHash } from 'node:crypto'
import { packed } from '../../archive/tar.js'
import { Failure } from '../../domain/failure.js'
import type { KitFile } from '../../domain/kit.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { keepImages } from '../images/keepImages.js'
import { sweepImages } from '../images/sweepImages.js'
import type { Step, StepContext } from '../plan.js'
import { collectKit, hostSide, type HostSide } from './collectKit.js'
import { restoreGuide, shelfGuide } from './guide.js'
import type { KitRequest } from './kitRequest.js'

/** A step that was decided on, and what came of it. */
export interface KitPart {
  readonly step: Step
  /** Begins to gather what does not depend on the backup, while that is taken. */
  begin(signal: AbortSignal): void
  /** The kit, once the step is through. */
  kit(): KitFile | undefined
}

/**
 * Lays beside a finished backup what a bare host needs to use it, and beside all backups how to do so without ops. It
 * comes after the promise: a backup without a kit is a good backup. Throws `KIT_FAILED` (partial) with the reason.
 */
export function kitPart(
  target: Target,
  request: KitRequest,
  manifest: () => Manifest | undefined,
  world: World,
): KitPart {
  let made: KitFile | undefined
  let host: Promise<HostSide> | undefined
  return {
    kit: () => made,
    begin(signal) {
      host = hostSide(target, request, world, signal)
      // Whether it failed is asked when the kit is written.
      host.catch(() => undefined)
    },
    step: {
      title: 'Write the recovery kit',
      effect: 'reads',
      afterwards: true,
      async run({ signal, detail, warn }) {
        const finished = manifest()
        if (!finished) throw new Error('a kit is made of a finished backup')
        try {
          const side = await (host ?? hostSide(target, request, world, signal))
          made = await written(finished, target, request, side, world, { signal, detail, warn })
        } catch (cause) {
          if (!(cause instanceof Failure)) throw cause
          throw new Failure(
            'partial',
            'KIT_FAILED',
            `the recovery kit could not be written: ${cause.message}`,
            [...cause.next, `ops backup --target ${target.name}`],
            { cause, facts: cause.facts },
          )
        }
        detail(`${made.file}: ${made.holds.join(', ')}`)
      },
    },
  }
}

async function written(
  manifest: Manifest,
  target: Target,
  request: KitRequest,
  side: HostSide,
  world: World,
  context: Pick<StepContext, 'signal' | 'detail' | 'warn'>,
): Promise<KitFile> {
  const { signal } = context
  const { kit, files, guide } = await collectKit(manifest, target, request, side, world, signal)
  const images = request.keepImages ? await keepImages(kit, world, signal, context.detail) : []
  const text = restoreGuide(guide)
  const all = [
    { name: 'kit.json', text: `${JSON.stringify(kit, undefined, 1)}\n` },
    { name: 'RESTORE.md', text },
    ...files,
  ]
  const folder = `${manifest.id}.kit`
  const bytes = packed(
    all.map((file) => ({ ...file, name: `${folder}/${file.name}` })),
    Math.floor(Date.parse(manifest.takenAt) / 1000),
  )
  const shelf = world.shelf(target)
  const made: KitFile = {
    file: `${folder}.tar`,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    holds: all.map(({ name }) => name),
    leftOut: kit.leftOut,
    ...(images.length > 0 ? { images } : {}),
  }
  await shelf.lay(made.file, bytes)
  await shelf.annotate(manifest.id, { kit: made })
  await shelf.lay('RESTORE.md', Buffer.from(text, 'utf8'))
  await shelf.layAbove('RESTORE.md', Buffer.from(shelfGuide, 'utf8'))
  if (images.length > 0) await sweepImages(request, images, world, context)
  return made
}
