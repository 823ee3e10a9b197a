import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Bytes of a file of certificates; no honest one is larger. */
const mostBytes = 1_048_576

/** The text of a small file. Throws what the operating system says, and for what is no file or too large. */
export async function readBounded(path: string): Promise<string> {
  // Not blocking: a named pipe that nobody writes to would otherwise be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const about = await file.stat()
    if (!about.isFile()) throw new Error('it is not a file')
    if (about.size > mostBytes) throw new Error('it is larger than 1 MiB')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
