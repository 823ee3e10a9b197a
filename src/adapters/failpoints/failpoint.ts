import { appendFileSync } from 'node:fs'
import { inspect } from 'node:util'

/**
 * Places where a test may make the world fail: `OPS_FAILPOINT=rename#3:kill9` kills this process with SIGKILL before the
 * third rename, `write#1:ENOSPC` answers the first write as a full disk would, `step done#2:throw` throws what nobody
 * expects, `write#2:hang` never answers the second write, as a disk does whose server is gone.
 * `OPS_FAILPOINT_TRACE=FILE` writes down each point that is passed, so that a test can visit all of them.
 * Without these two variables nothing is done. The idea is gofail's (etcd).
 */
export type FailpointName =
  | 'folder'
  | 'open'
  | 'write'
  | 'sync'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'remove'
  | 'step started'
  | 'step done'

/** What a kernel answers: number as in errno(3), and its sentence. */
const errors = {
  ENOSPC: [-28, 'no space left on device'],
  EIO: [-5, 'i/o error'],
  EDQUOT: [-122, 'disk quota exceeded'],
  EROFS: [-30, 'read-only file system'],
  ESTALE: [-116, 'stale file handle'],
  ENOTCONN: [-107, 'socket is not connected'],
} as const

type Action = 'kill9' | 'throw' | 'hang' | keyof typeof errors

/** How often each point was passed by this process: the one thing that a point has to remember. */
const passed = new Map<FailpointName, number>()

/**
 * Passes a point. Does not return where it is the one to kill at; throws where it is the one to fail at; hands back a
 * promise that is never fulfilled where it is the one to hang at.
 */
export function failpoint(name: FailpointName, where: string): Promise<void> | undefined {
  const { OPS_FAILPOINT: wanted, OPS_FAILPOINT_TRACE: trace } = process.env
  if (wanted === undefined && trace === undefined) return undefined
  const count = (passed.get(name) ?? 0) + 1
  passed.set(name, count)
  const point = `${name}#${count.toString()}`
  if (trace !== undefined) appendFileSync(trace, `${point} ${where}\n`)
  if (wanted?.startsWith(`${point}:`) !== true) return undefined
  const action = wanted.slice(point.length + 1) as Action
  return action === 'hang' ? hang() : fail(action, point)
}

/** A call that the disk never answers keeps the process alive. */
function hang(): Promise<void> {
  return new Promise(() => {
    setInterval(() => undefined, 60_000)
  })
}

function fail(action: Exclude<Action, 'hang'>, point: string): never {
  if (action === 'kill9') {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen before it arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  if (action === 'throw') throw new Error(`failpoint ${point}`)
  if (!(action in errors)) throw new Error(`failpoint ${point} knows no ${inspect(action)}`)
  const [errno, says] = errors[action as keyof typeof errors]
  throw Object.assign(new Error(`${action}: ${says} (failpoint ${point})`), { code: action, errno })
}
