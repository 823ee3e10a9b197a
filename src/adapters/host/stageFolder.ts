import { mkdir, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { isGone } from '../state/processIdentity.js'

/** A folder for the time of one run, on the disk that a stack is rebuilt on. */
export interface StageFolder {
  readonly path: string
  /** Where the files lie in it: a folder of the same name as that of the stack, which compose may call the project after. */
  readonly files: string
  /** Removes it; the folder around it too where that was made for it and nothing else is in it. */
  discard(): Promise<void>
}

const prefix = '.ops-recovery-'

/** Puts files down below `folder`, out of everybody's way, with links to those of `links` that are in the folder. What killed runs left there goes. */
export async function stageFolder(
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
  links: readonly string[] = [],
): Promise<StageFolder> {
  const before = await stat(folder).catch(() => undefined)
  await makeFolder(folder)
  for (const name of await namesIn(folder)) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length) : NaN)
    if (Number.isInteger(pid) && (pid === process.pid || (await isGone({ pid }))))
      await rm(join(folder, name), { recursive: true, force: true })
  }
  const path = join(folder, `${prefix}${process.pid.toString()}`)
  await mkdir(path, { mode: 0o700 })
  const inside = join(path, basename(folder))
  await mkdir(inside, { mode: 0o700 })
  for (const { name, text } of files) {
    await mkdir(dirname(join(inside, name)), { recursive: true, mode: 0o700 })
    await writeFile(join(inside, name), text, { mode: 0o600, flag: 'wx' })
  }
  for (const name of links) {
    if (!(await stat(join(folder, name)).catch(() => undefined))) continue
    await mkdir(dirname(join(inside, name)), { recursive: true, mode: 0o700 })
    await symlink(join(folder, name), join(inside, name))
  }
  return {
    path,
    files: inside,
    async discard() {
      await rm(path, { recursive: true, force: true })
      if (!before) await rmdir(folder).catch(() => undefined)
    },
  }
}
