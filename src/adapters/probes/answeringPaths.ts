import { spawn } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'
import { mountPoints } from '../disk/mountPoint.js'

/** Makes sure that paths answer before this process touches them. */
export interface AnsweringPaths {
  /** Ends once the path has answered, whatever it said. Throws `PATH_SILENT` (environment) where it has not by the signal. */
  require(path: string, signal: AbortSignal): Promise<void>
  /** The same for a folder and everything that is mounted below it. */
  requireBelow(folder: string, signal: AbortSignal): Promise<void>
}

/** Asks for the file (stat) and for its file system (statfs): of a dead mount the first may be remembered. Says nothing. */
const program = 'test -e "$1"; exec stat -f -- "$1"'

/** Where that is; nothing of our own environment, which may hold secrets, is handed on. */
const environment = { PATH: '/usr/bin:/bin' }

/**
 * A disk that went away under a mount answers nobody, and whoever asks can be ended by nobody: not by a signal either. A thread of this process
 * that waits so is lost, and there are four; so a child process asks first. One that does not come back is left, and its path not asked
 * again as long as it is there. `ask` is for tests.
 */
export function answeringPaths(ask: string = program): AnsweringPaths {
  const silent = new Set<string>()

  async function answering(path: string, signal: AbortSignal): Promise<void> {
    if (silent.has(path)) throw unanswering(path)
    signal.throwIfAborted()
    const options = { stdio: 'ignore', cwd: '/', env: environment } as const
    const child = spawn('/bin/sh', ['-c', ask, 'sh', path], options)
    await new Promise<void>((resolve, reject) => {
      const late = () => {
        silent.add(path)
        child.kill('SIGKILL')
        // It may never leave, and keeps nobody from leaving.
        child.unref()
        reject(unanswering(path))
      }
      signal.addEventListener('abort', late, { once: true })
      const over = () => {
        silent.delete(path)
        signal.removeEventListener('abort', late)
      }
      child.once('exit', () => {
        over()
        resolve()
      })
      child.once('error', (error) => {
        over()
        reject(error)
      })
    })
  }

  return {
    require: answering,
    async requireBelow(folder, signal) {
      await answering(folder, signal)
      const real = await realpath(folder).catch(() => folder)
      const inside = real.endsWith('/') ? real : `${real}/`
      for (const point of await mountPoints())
        if (point.startsWith(inside) && point !== real) await answering(point, signal)
    },
  }
}

function unanswering(path: string): Failure {
  return new Failure(
    'environment',
    'PATH_SILENT',
    `${path} does not answer: what is mounted there may be gone`,
    [`findmnt --target ${path}`, 'dmesg | tail', `umount --lazy ${path}`],
  )
}
