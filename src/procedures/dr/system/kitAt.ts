import { createHash } from 'node:crypto'
import { unpacked } from '../../../archive/untar.js'
import { Failure } from '../../../domain/failure.js'
import type { Kit } from '../../../domain/kit.js'
import type { Manifest } from '../../../domain/manifest.js'
import type { CopyPlace } from '../../../ports/copies.js'
import type { SmallFile } from '../../../ports/recoveryFolder.js'

/** A recovery kit that was read and held against its checksum. */
export interface ReadKit {
  readonly manifest: Manifest
  readonly kit: Kit
  /** The operator's own files, by their names from the folder of the stack. */
  readonly files: readonly SmallFile[]
}

/** Of the kit alone: no files of the operator. */
const own = new Set(['kit.json', 'RESTORE.md'])

/** Name of the configuration in every kit. */
export const configurationName = 'ops.yaml'

/**
 * Reads the kit of a copy. Throws `KIT_MISSING` (not-found) where it has none, `KIT_DAMAGED` (integrity) where it is not what the
 * manifest says, or would write outside of the folder it is unpacked into; and what the place throws.
 */
export async function kitAt(
  manifest: Manifest,
  place: CopyPlace,
  signal: AbortSignal,
): Promise<ReadKit> {
  const { id, kit: named } = manifest
  const bytes = named && (await place.kit(manifest, signal))
  if (bytes === undefined)
    throw new Failure(
      'not-found',
      'KIT_MISSING',
      `${id} has no recovery kit in ${place.where}: what ran around its server is not known`,
      ['ops dr system --backup ID   (another one)', `ops backup show ${id}`],
    )
  if (createHash('sha256').update(bytes).digest('hex') !== named?.sha256)
    throw damaged(id, place, 'its SHA-256 is not that of the manifest')
  try {
    return { manifest, ...read(manifest, Buffer.from(bytes)) }
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError)
      throw damaged(id, place, error.message)
    throw error
  }
}

function read({ id }: Manifest, tar: Buffer): Pick<ReadKit, 'kit' | 'files'> {
  const below = `${id}.kit/`
  const files = unpacked(tar).map(({ name, text, mode }) => {
    const inside = name.startsWith(below) ? name.slice(below.length) : ''
    if (!isInside(inside))
      throw new SyntaxError(`${JSON.stringify(name)} is no name of a file in it`)
    return { name: inside, text, mode }
  })
  const told = files.find(({ name }) => name === 'kit.json')
  if (!told) throw new SyntaxError('it holds no kit.json')
  const kit = JSON.parse(told.text) as Kit
  const brought = files.filter(({ name }) => !own.has(name))
  requireInside(kit, brought)
  return { kit, files: brought }
}

/** What the kit says of its files decides where they are written; and `.env` is the operator's, no kit brings one. */
function requireInside({ configuration, composeFiles }: Kit, files: readonly SmallFile[]): void {
  const listed: unknown = composeFiles
  if (!Array.isArray(listed)) throw new SyntaxError('kit.json names no compose files')
  const written = files.map(({ name }) =>
    name === configurationName ? (configuration ?? name) : name,
  )
  for (const name of [...(listed as readonly unknown[]), ...written])
    if (typeof name !== 'string' || !isInside(name) || name === '.env')
      throw new SyntaxError(`${JSON.stringify(name)} is no name of a file of a kit`)
  const twice = written.find((name, at) => written.indexOf(name) !== at)
  if (twice !== undefined) throw new SyntaxError(`it holds ${JSON.stringify(twice)} twice`)
}

/** A relative name as plain as can be: no step of it leads upwards or nowhere. */
function isInside(name: string): boolean {
  return name.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
}

function damaged(id: string, place: CopyPlace, why: string): Failure {
  return new Failure(
    'integrity',
    'KIT_DAMAGED',
    `the recovery kit of ${id} in ${place.where} is damaged: ${why}`,
    ['ops dr system --backup ID   (another one)', `ops backup copy ${id}   (where the shelf is)`],
  )
}
