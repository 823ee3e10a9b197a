import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { backupFile } from '../../src/domain/backupFile.js'
import type { Manifest } from '../../src/domain/manifest.js'
import type { Place } from './cli.js'

/** Puts lines below `backup:` in the ops.yaml of a place. */
export async function configureBackup(
  { folder }: Pick<Place, 'folder'>,
  lines: readonly string[],
): Promise<void> {
  const path = join(folder, 'ops.yaml')
  const text = await readFile(path, 'utf8')
  const added = lines.map((line) => `  ${line}\n`).join('')
  await writeFile(path, text.replace('backup:\n', `backup:\n${added}`))
}

/** Names in a folder; none where it is not there. */
export const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch(() => [])

const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path).catch(() => 'is not there'))
    .digest('hex')

/** The manifests in a folder, by their ids. Each must be one: a half-written one fails the test. */
export async function manifestsIn(folder: string): Promise<ReadonlyMap<string, Manifest>> {
  const found = new Map<string, Manifest>()
  for (const name of await namesIn(folder)) {
    if (!/^medical-.*\.json$/.test(name)) continue
    const manifest = JSON.parse(await readFile(join(folder, name), 'utf8')) as Manifest
    expect(`${manifest.id}.json`, folder).toBe(name)
    found.set(manifest.id, manifest)
  }
  return found
}

/**
 * Whatever has a manifest in a folder is whole, byte for byte: file, checksum file, recovery kit. Read by other means than
 * ours. Returns the ids.
 */
export async function wholeInFolder(folder: string): Promise<readonly string[]> {
  const manifests = await manifestsIn(folder)
  for (const [id, { file, sha256, kit }] of manifests) {
    expect(await hashOf(join(folder, file)), `${folder} ${file}`).toBe(sha256)
    const sum = await readFile(join(folder, `${id}.sha256`), 'utf8').catch(() => 'is not there')
    expect(sum, `${folder} ${id}.sha256`).toBe(`${sha256}  ${file}\n`)
    if (kit) expect(await hashOf(join(folder, kit.file)), `${folder} ${kit.file}`).toBe(kit.sha256)
  }
  return [...manifests.keys()].sort()
}

/** Names in a folder that belong to no backup whose manifest is there, and to nothing that lies there by right. */
export async function strangersIn(folder: string): Promise<readonly string[]> {
  const names = await namesIn(folder)
  const ids = new Set((await manifestsIn(folder)).keys())
  return names.filter((name) => {
    const file = backupFile(name)
    if (name === 'RESTORE.md' || file?.id === 'latest') return false
    const id = file?.id ?? /^(.*?)\.(json|sha256|kit\.tar)$/.exec(name)?.[1] ?? ''
    return !ids.has(id) && !byRight.test(name)
  })
}

/** Folders, and records of what was moved. */
const byRight = /^\.(quarantine|trash|removed-\d{8}T\d{6}Z(-\d+)?\.json)$/

/** Nothing is left below a folder of what was being written when a disk failed. */
export async function nothingHalfWritten({ folder }: Pick<Place, 'folder'>): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  expect(names.filter((name) => /\.partial$|\.lock\..*\d+-[0-9a-f]+$/.test(name))).toEqual([])
}
