import { Worker } from 'node:worker_threads'
import type { Pattern } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'

/** Milliseconds that a pattern may take for texts that are handed over at once: an honest one takes a few. */
const usualPatience = 2_000

/** Runs in a thread of its own: JavaScript, for a thread takes no module that is yet to be compiled. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const pattern = new RegExp(workerData.source, workerData.flags)
parentPort.on('message', (texts) => {
  parentPort.postMessage(texts.reduce((found, text) => (pattern.test(text) ? found + 1 : found), 0))
})
`

/**
 * Counts the texts that a pattern matches, in a thread that can be ended: some patterns never come to an end on some texts, and
 * nothing else would run meanwhile. With `lines`, `^` and `$` are those of each line of a text. Throws `PATTERN_TOO_SLOW` (usage), what
 * reading the texts throws, and the signal's reason.
 */
export async function countMatches(
  { source, ignoreCase }: Pattern,
  batches: AsyncIterable<readonly string[]>,
  signal: AbortSignal,
  { lines = false, patience = usualPatience } = {},
): Promise<number> {
  signal.throwIfAborted()
  const worker = new Worker(program, {
    eval: true,
    env: {},
    workerData: { source, flags: `${ignoreCase ? 'i' : ''}${lines ? 'm' : ''}` },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  })
  // What is told while nobody listens is of no interest any more.
  worker.on('error', () => undefined)
  try {
    let found = 0
    for await (const batch of batches) found += await matchingOf(worker, batch, signal, patience)
    return found
  } finally {
    await worker.terminate()
  }
}

function matchingOf(
  worker: Worker,
  batch: readonly string[],
  signal: AbortSignal,
  patience: number,
): Promise<number> {
  const asked = performance.now()
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      worker.off('message', answer).off('error', fail)
    }
    const answer = (count: number) => {
      over()
      resolve(count)
    }
    const fail = (error: unknown) => {
      over()
      reject(error instanceof Error ? error : new Error('the thread ended'))
    }
    const stop = () => {
      // An honest pattern was just about to answer; one that was at work for so long is why it is late.
      if (performance.now() - asked > patience / 4) fail(tooSlow())
      else fail(signal.reason)
    }
    const timer = setTimeout(() => {
      fail(tooSlow())
    }, patience)
    worker.on('message', answer).on('error', fail)
    signal.addEventListener('abort', stop, { once: true })
    worker.postMessage(batch)
  })
}

function tooSlow(): Failure {
  return new Failure(
    'usage',
    'PATTERN_TOO_SLOW',
    'the pattern does not come to an end: repetitions inside of repetitions, such as (a+)+, try every way there is to divide a text',
    ['write the pattern in ops.yaml without them', 'ops config check'],
  )
}
