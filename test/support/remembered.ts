import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** A folder as it was, to be had again as often as it is wanted. */
export interface Remembered {
  bringBack(): Promise<void>
  forget(): Promise<void>
}

/** Keeps what is in a folder, with its times and its rights. */
export async function remember(folder: string): Promise<Remembered> {
  const kept = await mkdtemp(join(tmpdir(), 'ops-kept-'))
  await execa('cp', ['-a', `${folder}/.`, kept])
  return {
    async bringBack() {
      await rm(folder, { recursive: true, force: true })
      await execa('cp', ['-a', kept, folder])
    },
    forget: () => rm(kept, { recursive: true, force: true }),
  }
}
