import { Failure } from '../domain/failure.js'
import { leaveAtOnce } from './leave.js'

/** What can end a run before its time. */
export interface Interruption {
  /** Aborted with the `Failure` to end with. */
  readonly signal: AbortSignal
  /** Aborts after so many milliseconds, written `text` on the command line. */
  limit(milliseconds: number, text: string): void
  /** Aborts for a reason of the command's own; a run that is ending already goes on ending. */
  stop(reason: Error): void
  /** Takes the listeners off again. */
  end(): void
}

const reasons = {
  SIGINT: () => new Failure('interrupted', 'INTERRUPTED', 'interrupted (Ctrl-C)', []),
  SIGTERM: () => new Failure('terminated', 'TERMINATED', 'told to stop (SIGTERM)', []),
  SIGHUP: () => new Failure('terminated', 'TERMINATED', 'the terminal went away (SIGHUP)', []),
}

const sentence =
  'Stopping: finishing cleanly within seconds. Once more (Ctrl-C) leaves at once, as things are.'

/**
 * Listens to SIGINT, SIGTERM and SIGHUP. The first one says at once what happens and aborts; the second one leaves the
 * process on the spot. Never used together with another listener (listr2's would exit 127 without cleaning up).
 */
export function watchForInterruption(say: (text: string) => void): Interruption {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  // A second signal counts as such only after a first one: after a time-out one Ctrl-C must not skip the clean-up.
  let asked = false

  const heard = (name: keyof typeof reasons) => () => {
    const failure = reasons[name]()
    if (asked) {
      // Asked for twice: no clean-up either.
      leaveAtOnce(process, failure.exitCode)
      return
    }
    asked = true
    say(sentence)
    controller.abort(failure)
  }
  const listeners = Object.keys(reasons).map((name) => {
    const listener = heard(name as keyof typeof reasons)
    process.on(name as NodeJS.Signals, listener)
    return { name, listener }
  })

  return {
    signal: controller.signal,
    limit(milliseconds, text) {
      timer = setTimeout(() => {
        say(`Not done within ${text}: stopping.`)
        controller.abort(
          new Failure('timed-out', 'TIMED_OUT', `not done within ${text} (--timeout)`, [
            'ops … --timeout DURATION',
          ]),
        )
      }, milliseconds)
      timer.unref()
    },
    stop(reason) {
      controller.abort(reason)
    },
    end() {
      clearTimeout(timer)
      for (const { name, listener } of listeners) process.off(name, listener)
    },
  }
}
