import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { ops, type Ended, type Place } from './cli.js'
import { canaryPassword } from './mongoServer.js'

/** A backup as `backup list` has it. */
export interface Listed {
  readonly id: string
  readonly path: string
  readonly sha256: string
  readonly trust: string
  readonly present: boolean
}

/** What the shelf holds, as ops says it. */
export async function listed(place: Pick<Place, 'folder' | 'state'>): Promise<readonly Listed[]> {
  const { exitCode, stdout, stderr } = await ops(place, ['backup', 'list', '--json'])
  expect(exitCode, stdout + stderr).toBe(0)
  const { result } = JSON.parse(stdout) as { result: { backups: Listed[]; unreadable: unknown[] } }
  expect(result.unreadable).toEqual([])
  return result.backups
}

/** Every listed backup is there and is, byte for byte, what its manifest says: it was read to its end by other means than ours. */
export async function wholeFiles(backups: readonly Listed[]): Promise<void> {
  for (const { id, path, sha256, present } of backups) {
    expect(present, id).toBe(true)
    const found = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    expect(found, id).toBe(sha256)
  }
}

/** Nothing on the shelf but finished backups, what belongs to them, and the folders for the rest. */
export async function noLeftovers({ shelf }: Pick<Place, 'shelf'>): Promise<void> {
  const names = await readdir(shelf)
  expect(names.filter((name) => /\.partial$|\.spool$|^\.probe-/.test(name))).toEqual([])
}

/** The password is in nothing that was said. */
export function nothingSecret({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void {
  for (const form of [canaryPassword, encodeURIComponent(canaryPassword)])
    expect(stdout + stderr).not.toContain(form)
}
