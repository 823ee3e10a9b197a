import { close, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { makePipeFolder } from './pipeFolder.js'
import { PipeReader } from './pipeReader.js'

/** A named pipe in a folder of its own, open for reading. */
export interface NamedPipe {
  /** Mode 0700. */
  readonly folder: string
  /** Name of the pipe in it. */
  readonly name: string
  readonly reader: PipeReader
  /**
   * From now on the pipe ends with its last writer. Until then it stays open though nobody writes; to be called when the
   * writer is there, or will not come.
   */
  expectNoMore(): void
  /** Closes and removes it; may be called again. */
  remove(): Promise<void>
}

const name = 'archive'

/**
 * Makes a pipe below `parent` and opens it. Its folder keeps everybody else of this machine out; a container into which the
 * folder is mounted gets in, and writes as another user only where the pipe says so. Throws what `mkfifo` (POSIX) or the
 * file system says.
 */
export async function namedPipe(
  parent: string,
  pid: number,
  writers: 'us' | 'any user' = 'us',
): Promise<NamedPipe> {
  const folder = await makePipeFolder(parent, pid)
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, name)
    await execa('mkfifo', ['-m', writers === 'us' ? '600' : '622', path])
    // Open for both, a pipe neither blocks nor ends (fifo(7)): it is held so until its writer is there.
    let holder: number | undefined = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    const reader = new PipeReader(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
    const expectNoMore = () => {
      if (holder !== undefined) close(holder)
      holder = undefined
    }
    return {
      folder,
      name,
      reader,
      expectNoMore,
      async remove() {
        expectNoMore()
        reader.destroy()
        await discard()
      },
    }
  } catch (error) {
    await discard()
    throw error
  }
}
