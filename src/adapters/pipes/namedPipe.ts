import { heldPipe, type HeldPipe, type PipeUsers } from './heldPipe.js'
import { PipeReader } from './pipeReader.js'

/** A named pipe in a folder of its own, open for reading. */
export interface NamedPipe extends Pick<HeldPipe, 'folder' | 'name'> {
  readonly reader: PipeReader
  /**
   * From now on the pipe ends with its last writer. Until then it stays open though nobody writes; to be called when the
   * writer is there, or will not come.
   */
  expectNoMore(): void
  /** Closes and removes it; may be called again. */
  remove(): Promise<void>
}

/** Makes a pipe below `parent` and opens it. Throws what `mkfifo` (POSIX) or the file system says. */
export async function namedPipe(
  parent: string,
  pid: number,
  writers: PipeUsers = 'us',
): Promise<NamedPipe> {
  const held = await heldPipe(parent, pid, writers)
  const { folder, name } = held
  try {
    const reader = new PipeReader(held.open('reading'))
    return {
      folder,
      name,
      reader,
      expectNoMore: () => {
        held.letGo()
      },
      async remove() {
        reader.destroy()
        await held.remove()
      },
    }
  } catch (error) {
    await held.remove()
    throw error
  }
}
