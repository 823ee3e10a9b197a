import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { SliceHoldings, Slices, SliceState } from '../../ports/slices.js'
import { remove, rename, syncFolder } from '../disk/disk.js'
import { makeFolder, writeDurably } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { isBeingWritten } from '../shelf/halfWritten.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { readFrom } from '../shelf/readFrom.js'
import { lookingAt, onShelf } from '../shelf/shelfFailure.js'
import { openSliceDraft, replaceFile } from './draft.js'
import { readFollower, writeFollower } from './follower.js'
import { sliceLayout, sorted, type SliceLayout } from './layout.js'
import { bringBackSlices, eraseSlices, finishMoves, moveSlices, slicesInTrash } from './trash.js'
import { readManifests } from './manifests.js'
import { readAnchor, readGap, readSliceManifest, type Paper } from './papers.js'

/** Papers read at the same time. */
const together = 32

/** A target's slices in a folder of this machine, `<shelf>/<target>/oplog`. */
export function folderSlices(
  shelf: string,
  target: string,
  now: () => number = () => Date.now(),
): Slices {
  const names = sliceLayout(shelf, target)
  const { folder } = names
  return {
    folder,
    prepare: () => onShelf(folder, () => prepare(names)),
    state: () => lookingAt(folder, () => stateOf(names)),
    holdings: () => lookingAt(folder, () => holdingsOf(names, now())),
    draft: (timeline) => onShelf(folder, () => openSliceDraft(names, timeline)),
    mark: (gap) => onShelf(folder, () => writeDurably(names.gap(gap.timeline), text(gap))),
    anchor: (anchor) =>
      onShelf(folder, () => writeDurably(names.anchor(anchor.base), text(anchor))),
    remove: (ids, removal) => onShelf(folder, () => moveSlices(names, ids, removal)),
    bringBack: (ids) => onShelf(folder, () => bringBackSlices(names, ids)),
    trash: () => lookingAt(folder, () => slicesInTrash(names)),
    erase: (ids) => onShelf(folder, () => eraseSlices(names, ids)),
    judge: (id, damage) =>
      onShelf(folder, () =>
        damage
          ? writeDurably(names.damage(id), text({ version: 1, ...damage }))
          : remove(names.damage(id)),
      ),
    note: (follower) => onShelf(folder, () => writeFollower(names, follower)),
    follower: () => readFollower(names),
    replace: (slice, bytes) => onShelf(folder, () => replaceFile(names, slice, bytes)),
    read: ({ file }) => readFrom(names.path(file)),
  }
}

function text(paper: object): string {
  return `${JSON.stringify(paper)}\n`
}

/**
 * A partial file proves nothing. A whole one without its manifest was cut off between the two: what it holds is read again,
 * but it is kept aside, because the oplog may have lost it since.
 */
async function prepare(names: SliceLayout): Promise<readonly string[]> {
  await makeFolder(names.folder)
  await requireOwn(names.folder)
  const told: string[] = [...(await finishMoves(names))]
  const files = await namesIn(names.folder)
  for (const name of files.filter((each) => each.endsWith('.partial'))) {
    // Whoever brings a sound copy of a slice holds no lock.
    if (await isBeingWritten(names.folder, name)) continue
    await remove(names.path(name))
    told.push(`${names.path(name)}: left by a run that was killed; removed`)
  }
  for (const name of sorted(files).strays) {
    await makeFolder(names.quarantine)
    const kept = join(names.quarantine, name)
    await rename(names.path(name), kept)
    told.push(`${kept}: a slice without its manifest; kept aside`)
  }
  if (told.length > 0) await syncFolder(names.folder)
  return told
}

async function stateOf(names: SliceLayout): Promise<SliceState> {
  const { slices, gaps, anchors } = sorted(await namesIn(names.folder))
  const read = await inTurns(anchors, (base) => readAnchor(names.anchor(base), base))
  const notes = read.map((paper, index) => paperOf(paper, names.anchor(anchors[index] ?? '')))
  const timeline = Math.max(
    0,
    ...gaps,
    ...notes.map((note) => note.timeline),
    slices.at(-1)?.timeline ?? 0,
  )
  const own = slices.filter((slice) => slice.timeline === timeline)
  const [first, last] = [own[0], own.at(-1)]
  const tail =
    last &&
    paperOf(await readSliceManifest(names.manifest(last.id), last.id), names.manifest(last.id))
  return {
    timeline,
    ...(first && tail ? { first: first.start, tail } : {}),
    ended: gaps.includes(timeline),
    anchors: notes,
  }
}

/** A paper on which the next slice depends: without it nobody can say what may be continued. */
function paperOf<Content>(found: Paper<Content>, file: string): Content {
  if ('paper' in found) return found.paper
  throw new Failure(
    'integrity',
    'SLICES_UNREADABLE',
    `${file} cannot be read: ${found.reason}; whether the slices can be continued is not known`,
    [`cat ${file}`, 'ops pitr status'],
  )
}

async function holdingsOf(names: SliceLayout, now: number): Promise<SliceHoldings> {
  const { slices, gaps, anchors, damaged } = sorted(await namesIn(names.folder))
  const unreadable: { file: string; reason: string }[] = []
  const gathered = async <Key, Content>(
    keys: readonly Key[],
    path: (key: Key) => string,
    read: (path: string, key: Key) => Promise<Paper<Content>>,
  ): Promise<readonly Content[]> => {
    const found = await inTurns(keys, async (key) => ({
      file: path(key),
      paper: await read(path(key), key),
    }))
    return found.flatMap(({ file, paper }) => {
      if ('paper' in paper) return [paper.paper]
      unreadable.push({ file, reason: paper.reason })
      return []
    })
  }
  const read = await readManifests(names, { slices, damaged }, now)
  return {
    slices: read.slices,
    gaps: await gathered(gaps, (timeline) => names.gap(timeline), readGap),
    anchors: await gathered(anchors, (base) => names.anchor(base), readAnchor),
    unreadable: [...read.unreadable, ...unreadable],
  }
}

/** The answer for each, in order; a few at a time, because there may be tens of thousands. */
async function inTurns<Key, Answer>(
  keys: readonly Key[],
  ask: (key: Key) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < keys.length; at += together)
    answers.push(...(await Promise.all(keys.slice(at, at + together).map(ask))))
  return answers
}
