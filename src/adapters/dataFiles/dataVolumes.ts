import { pipeline } from 'node:stream/promises'
import { Failure } from '../../domain/failure.js'
import type { DataPlace, DataVolumes } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { LineTail } from '../tools/lineTail.js'
import { dataContainer, inside } from './dataContainer.js'
import type { DataPipes } from './dataPipes.js'
import { keepingLastWrites } from './lastWrites.js'
import {
  forgetting,
  keptPrefix,
  looking,
  makingEmpty,
  measuring,
  puttingBack,
  puttingInPlace,
  unpacking,
} from './scripts.js'
import { startCopy } from './startCopy.js'
import { startFed, type FedScript } from './startFed.js'

/**
 * Data volumes through one-shot containers of the database's own image: no network, nothing but the volume to write to. With
 * `pipes`, copies come through a named pipe where the engine is on this machine: past the engine, in a fraction of the time.
 */
export function dataVolumes(containers: OwnContainers, pipes?: DataPipes): DataVolumes {
  /** Runs a script to its end and gives its output. */
  const run = async (
    place: DataPlace,
    what: string,
    argv: readonly string[],
    may: 'read' | 'write',
    signal: AbortSignal,
  ): Promise<string> => {
    const said = tail()
    const begun = await containers.start(dataContainer(place, argv, may), heard(said), signal)
    const { stdin: input, stdout: output } = begun
    const script = { container: begun, input, output, remove: () => begun.remove() }
    return toItsEnd(script, place, what, said, signal, () => closed(input))
  }

  return {
    async look(place, signal) {
      const text = await run(place, 'looked at', looking(inside(place)), 'read', signal)
      const [version = '', free = '', entry = ''] = text.split('\n').map((line) => line.trim())
      if (!/^\d+\.\d+/.test(version) || !/^\d+$/.test(free))
        throw failed(place, 'looked at', 0, [`it answered ${JSON.stringify(text.slice(0, 200))}`])
      return { serverVersion: version, freeBytes: Number(free), empty: entry === '' }
    },

    copy: (place, signal) => startCopy(place, containers, pipes, signal),

    async unpack(place, folder, source, signal) {
      const argv = unpacking(inside(place), ours(folder))
      const said = tail()
      const reach = { containers, ...(pipes ? { pipes } : {}) }
      const script = await startFed(place, argv, heard(said), reach, signal)
      await toItsEnd(script, place, 'unpacked', said, signal, () => pipeline(source, script.input))
    },

    async makeEmpty(place, folder, signal) {
      await run(place, 'made ready', makingEmpty(inside(place), ours(folder)), 'write', signal)
    },

    async measure(place, folder, signal) {
      const what = folder === undefined ? undefined : ours(folder)
      const text = await run(place, 'measured', measuring(inside(place), what), 'read', signal)
      const [, files, bytes] = /^(\d+) (\d+)\s*$/.exec(text) ?? []
      if (files !== undefined) return { files: Number(files), bytes: Number(bytes) }
      throw failed(place, 'measured', 0, [`it answered ${JSON.stringify(text.slice(0, 200))}`])
    },

    async keepLastWrites(place, folder, layout, signal) {
      const argv = keepingLastWrites(inside(place), ours(folder), layout)
      await run(place, 'made ready', argv, 'write', signal)
    },

    async exchange(place, folder, inPlace, signal) {
      const script = inPlace === 'restored' ? puttingInPlace : puttingBack
      await run(place, 'exchanged', script(inside(place), ours(folder)), 'write', signal)
    },

    async forget(place, folder, signal) {
      await run(place, 'removed', forgetting(inside(place), ours(folder)), 'write', signal)
    },
  }
}

/** Feeds a script and waits until it has left; gives its output. Whatever happens, it is removed. */
async function toItsEnd(
  { container, output, remove }: FedScript,
  place: DataPlace,
  what: string,
  said: LineTail,
  signal: AbortSignal,
  feed: () => Promise<void>,
): Promise<string> {
  const stop = () => void remove().catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const text = textOf(output)
    // What breaks the input breaks the output as well, and is told by the input.
    text.catch(() => undefined)
    // An unpacking that gives up early breaks its input too; why it did is the better story.
    const fed = await feed().then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    if (fed && !isBrokenPipe(fed.error)) throw fed.error
    const answer = await text
    const { exitCode } = await container.ended()
    signal.throwIfAborted()
    if (exitCode !== 0 || fed) throw failed(place, what, exitCode, said.lines())
    return answer
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await remove()
  }
}

function heard(said: LineTail): (chunk: Uint8Array) => void {
  return (chunk) => {
    said.add(chunk)
  }
}

/** A folder comes from a record on disk: it must never lead anywhere else. */
function ours(folder: string): string {
  if (folder.startsWith(keptPrefix) && /^[A-Za-z0-9.-]+$/.test(folder)) return folder
  throw new Error(`${folder} is no folder of ours`)
}

function tail(): LineTail {
  return new LineTail((line) => line)
}

function closed(stdin: OwnContainer['stdin']): Promise<void> {
  return new Promise((resolve) => {
    stdin.end(resolve)
  })
}

/** What a script says is short; more than that is not kept. */
async function textOf(stdout: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of stdout)
    if (text.length < 65_536) text += Buffer.from(chunk).toString('utf8')
  return text
}

function isBrokenPipe(error: unknown): boolean {
  const codes = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function failed(
  { target, dbPath }: DataPlace,
  what: string,
  exitCode: number,
  lines: readonly string[],
): Failure {
  const said = lines.at(-1)
  return new Failure(
    'failed',
    'DATA_VOLUME_FAILED',
    `the data folder ${dbPath} of "${target}" could not be ${what} (exit code ${exitCode.toString()})${said === undefined ? '' : `: ${said}`}`,
    ['ops doctor', 'df -h'],
    { facts: { exitCode, lines } },
  )
}
