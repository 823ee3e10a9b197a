import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** One run of a whole command. */
export interface Measured {
  readonly seconds: number
  /** Highest resident memory of the process itself, in bytes (VmHWM of proc(5)); its children are not counted. */
  readonly peakBytes: number
}

/**
 * Runs a command to its end and measures it from outside. Throws with its last words if it ends with another exit code than those
 * accepted.
 */
export async function measure(
  command: string,
  argv: readonly string[],
  { cwd, env, accepted = [0] }: Surroundings,
): Promise<Measured> {
  const began = performance.now()
  const child = spawn(command, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  const keep = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let peakBytes = 0
  const looking = setInterval(() => {
    void peakOf(child.pid).then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes)
    })
  }, 20)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(looking)
  const seconds = (performance.now() - began) / 1000
  if (code === null || !accepted.includes(code))
    throw new Error(`${command} ${argv.join(' ')} left with ${String(code)}: ${words}`)
  return { seconds, peakBytes }
}

/** What a command is run in, and which exit codes say that it did its work. */
interface Surroundings {
  readonly cwd: string
  readonly env: Record<string, string>
  readonly accepted?: readonly number[]
}

async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

/** The middle of several figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [
    sorted[sorted.length % 2 === 0 ? middle - 1 : middle],
    sorted[middle],
  ]
  return (low + high) / 2
}
