import { readFile } from 'node:fs/promises'
import type { Anchor } from '../../domain/oplog/base.js'
import type { GapMarker } from '../../domain/oplog/gap.js'
import { sliceName } from '../../domain/oplog/sliceName.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { SliceDamage } from '../../ports/slices.js'

/** A paper, or why the file is none. */
export type Paper<Content> = { readonly paper: Content } | { readonly reason: string }

/** Reads the manifest of a slice. */
export async function readSliceManifest(path: string, id: string): Promise<Paper<SliceManifest>> {
  return read(path, (text) => sliceManifestIn(text, id))
}

/** The manifest of a slice. What it says and what its name says must agree. */
export function sliceManifestIn(text: string, id: string): Paper<SliceManifest> {
  return parsed(text, (found: Partial<SliceManifest>) => {
    if (found.id !== id) return 'it is not that of this slice'
    const name = sliceName(id)
    if (name?.timeline !== found.timeline || !isPoint(found.start) || !isPoint(found.end))
      return 'it lacks its timeline, its start or its end'
    const numbers = [found.bytes, found.rawBytes, found.count]
    if (!numbers.every((each) => Number.isSafeInteger(each))) return 'it lacks a count'
    if (typeof found.sha256 !== 'string' || typeof found.file !== 'string')
      return 'it lacks its checksum or its file'
    return found.file.startsWith(`${id}.oplog.gz`) ? undefined : 'its file has another name'
  })
}

/** Reads the note that a timeline ended. */
export async function readGap(path: string, timeline: number): Promise<Paper<GapMarker>> {
  return read(path, (text) => gapIn(text, timeline))
}

/** The note that a timeline ended. */
export function gapIn(text: string, timeline: number): Paper<GapMarker> {
  return parsed(text, (found: Partial<GapMarker>) =>
    found.timeline === timeline && isPoint(found.after) && typeof found.reason === 'string'
      ? undefined
      : 'it is not the end of this timeline',
  )
}

/** Reads the note that a base lies on a timeline. */
export async function readAnchor(path: string, base: string): Promise<Paper<Anchor>> {
  return read(path, (text) => anchorIn(text, base))
}

/** The note that a base lies on a timeline. */
export function anchorIn(text: string, base: string): Paper<Anchor> {
  return parsed(text, (found: Partial<Anchor>) =>
    found.base === base && Number.isSafeInteger(found.timeline) && isPoint(found.last)
      ? undefined
      : 'it is not about this base',
  )
}

/** Reads the note of what was found wrong with a slice. One that cannot be read says as much: something was. */
export async function readDamage(path: string): Promise<SliceDamage> {
  const found = await read(path, (text) =>
    parsed(text, ({ because }: Partial<SliceDamage>) =>
      typeof because === 'string' ? undefined : 'it does not say what',
    ),
  )
  if ('paper' in found) return found.paper
  return { at: '', because: `something was, and the note of it cannot be read: ${found.reason}` }
}

async function read<Content>(
  path: string,
  parse: (text: string) => Paper<Content>,
): Promise<Paper<Content>> {
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (error) {
    return { reason: String(error) }
  }
}

function parsed<Content>(
  text: string,
  whyNot: (found: Partial<Content>) => string | undefined,
): Paper<Content> {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return { reason: 'it is not JSON' }
  }
  if (typeof found !== 'object' || found === null) return { reason: 'it is not an object' }
  if ((found as { version?: unknown }).version !== 1) return { reason: 'its version is not known' }
  const reason = whyNot(found)
  return reason === undefined ? { paper: found as Content } : { reason }
}

function isPoint(found: unknown): boolean {
  const { at, sha256 } = (found ?? {}) as {
    at?: { seconds?: unknown; ordinal?: unknown }
    sha256?: unknown
  }
  return (
    typeof at?.seconds === 'number' && typeof at.ordinal === 'number' && typeof sha256 === 'string'
  )
}
