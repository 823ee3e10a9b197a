import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { makePipeFolder } from './pipeFolder.js'

/** A named pipe in a folder of its own, held open for both so that neither end blocks or ends (fifo(7)). */
export interface HeldPipe {
  /** Mode 0700. */
  readonly folder: string
  /** Name of the pipe in it. */
  readonly name: string
  /** Opens one end more, without blocking; gives its descriptor. */
  open(end: 'reading' | 'writing'): number
  /** Holds it no longer: it ends with the others that have it open. May be called again. */
  letGo(): void
  /** Lets go and removes it with its folder; may be called again. */
  remove(): Promise<void>
}

const name = 'archive'

/**
 * Who may write into a pipe. Its folder keeps everybody else of this machine out; a container into which the folder is mounted
 * gets in, and writes as another user only where the pipe says so.
 */
export type PipeUsers = 'us' | 'any user'

/** Bytes that a pipe is to hold: a quarter of the turns that its usual 64 KiB cost on both sides. More did not help. */
const wide = 256 * 1024

/** F_SETPIPE_SZ (fcntl(2), Linux), for which Node has no call. Without perl, or the right to more, it stays as it is. */
async function widen(path: string): Promise<void> {
  const script = `open(my $pipe, '+<', $ARGV[0]); fcntl($pipe, 1031, ${wide.toString()} + 0)`
  await execa('perl', ['-e', script, path], { reject: false, timeout: 2000, stdio: 'ignore' })
}

/** Makes a pipe below `parent`. Throws what `mkfifo` (POSIX) or the file system says. */
export async function heldPipe(
  parent: string,
  pid: number,
  writers: PipeUsers = 'us',
): Promise<HeldPipe> {
  const folder = await makePipeFolder(parent, pid)
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, name)
    await execa('mkfifo', ['-m', writers === 'us' ? '600' : '622', path])
    let holder: number | undefined = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    await widen(path)
    const letGo = () => {
      if (holder !== undefined) closeSync(holder)
      holder = undefined
    }
    return {
      folder,
      name,
      open: (end) =>
        openSync(
          path,
          constants.O_NONBLOCK | (end === 'reading' ? constants.O_RDONLY : constants.O_WRONLY),
        ),
      letGo,
      async remove() {
        letGo()
        await discard()
      },
    }
  } catch (error) {
    await discard()
    throw error
  }
}
