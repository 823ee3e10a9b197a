import { Failure } from '../../domain/failure.js'
import type { DumpRun, DumpTools } from '../../ports/tools.js'

/** Exit codes of a tool that did not begin: it may not be run, it is not there, its process was killed. */
const unbegun = new Set([126, 127, 137])

/**
 * Several engines as one, named after the first. A dump that fails before its first byte is begun again with the next
 * engine, which is told of in `fellBack`; after the first byte nothing is begun again. So is a restore whose engine failed
 * before anything of its source was asked for. What a tool itself says (it cannot sign in, say) is no failure of an engine.
 */
export function fallingBack(first: DumpTools, others: readonly DumpTools[]): DumpTools {
  return {
    name: first.name,
    async versions(target) {
      try {
        return await first.versions(target)
      } catch (error) {
        const [next, ...rest] = others
        if (!next || !isEngineFailure(error)) throw error
        const found = await fallingBack(next, rest).versions(target)
        const fellBack = [error.message, ...(found.fellBack ?? [])]
        return { ...found, engine: found.engine ?? next.name, fellBack }
      }
    },

    async dump(target, request, signal) {
      const fellBack: string[] = []
      let failure: unknown
      for (const engine of [first, ...others]) {
        try {
          const run = await begun(await engine.dump(target, request, signal))
          return { ...run, fellBack }
        } catch (error) {
          signal.throwIfAborted()
          failure ??= error
          if (!isEngineFailure(error)) throw error
          fellBack.push(`${error.message}; the next engine was tried`)
        }
      }
      throw failure
    },

    async restore(target, request, source, signal) {
      const fellBack: string[] = []
      const untouched = new Untouched(source)
      let failure: unknown
      for (const engine of [first, ...others]) {
        try {
          const outcome = await engine.restore(target, request, untouched, signal)
          return { ...outcome, fellBack }
        } catch (error) {
          // Above all that it may still run although it was told to stop.
          if (untouched.touched) throw error
          signal.throwIfAborted()
          failure ??= error
          if (!isEngineFailure(error)) throw error
          fellBack.push(`${error.message}; the next engine was tried`)
        }
      }
      throw failure
    },
  }
}

/** A source that knows whether anybody began to read it. */
class Untouched implements AsyncIterable<Uint8Array> {
  touched = false

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.touched = true
    return this.source[Symbol.asyncIterator]()
  }
}

/** The run, once its first byte is there or it ended in a way that the next engine would not better. */
async function begun(run: DumpRun): Promise<DumpRun> {
  const parts = run.raw[Symbol.asyncIterator]()
  const first = await parts.next()
  if (first.done === true) {
    const { exitCode, because } = await run.outcome
    if (unbegun.has(exitCode)) throw unstarted(run, exitCode, because)
  }
  return { ...run, raw: continued(first, parts) }
}

async function* continued(
  first: IteratorResult<Uint8Array>,
  parts: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let part = first; part.done !== true; part = await parts.next()) yield part.value
  } finally {
    await parts.return?.()
  }
}

function isEngineFailure(error: unknown): error is Failure {
  return error instanceof Failure && error.kind === 'environment'
}

function unstarted({ engine }: DumpRun, exitCode: number, because: string | undefined): Failure {
  const why = because === undefined ? '' : `: ${because}`
  return new Failure(
    'environment',
    'TOOL_MISSING',
    `mongodump did not begin with engine ${engine} (exit code ${exitCode.toString()})${why}`,
    ['ops doctor', 'ops backup --engine host'],
  )
}
