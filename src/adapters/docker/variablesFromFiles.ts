import { readFile } from 'node:fs/promises'
import type { Stack } from '../../domain/target.js'

/** Keys by which a compose file takes variables from a file, or takes in another one that may. */
const keys = /\b(env_file|include|extends)\b/

/**
 * Whether services of a stack may get variables from files of their own. `config --hash` of compose 2.26 leaves those out, and a container
 * is made from them.
 */
export async function takesVariablesFromFiles({ composeFiles }: Stack): Promise<boolean> {
  // One that cannot be read is for compose to tell.
  const texts = await Promise.all(
    composeFiles.map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  return texts.some((text) => keys.test(text))
}
