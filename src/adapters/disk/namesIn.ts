import { readdir } from 'node:fs/promises'
import { isMissing } from './durable.js'

/** Names in a folder, in no order; none where it is not there. Throws the system's error where it cannot be read. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
}
