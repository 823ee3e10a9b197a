import { pipeline } from 'node:stream/promises'
import { mostTarLines } from '../../domain/dataFiles.js'
import { Failure } from '../../domain/failure.js'
import type { DataPlace, DataVolumes } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { LineTail } from '../tools/lineTail.js'
import { keepingLastWrites } from './lastWrites.js'
import {
  copying,
  forgetting,
  keptPrefix,
  looking,
  puttingBack,
  puttingInPlace,
  unpacking,
} from './scripts.js'

/** Data volumes through one-shot containers of the database's own image: no network, nothing but the volume to write to. */
export function dataVolumes(containers: OwnContainers): DataVolumes {
  const start = (
    place: DataPlace,
    argv: readonly string[],
    may: 'read' | 'write',
    said: LineTail,
    signal: AbortSignal,
  ) =>
    containers.start(
      {
        purpose: 'datafiles',
        target: place.target,
        image: place.image,
        argv,
        user: '0:0',
        network: { kind: 'none' },
        readOnlyRoot: true,
        // A shell of MongoDB wants a home, and a server a place for what it says.
        environment: { HOME: '/tmp' },
        temporary: ['/tmp'],
        mounts: [{ source: place.volume, destination: mountPoint, readOnly: may === 'read' }],
        // mongod's files are readable by their owner only, and keep their owner when they are unpacked.
        capabilities:
          may === 'read' ? ['DAC_READ_SEARCH'] : ['DAC_OVERRIDE', 'CHOWN', 'FOWNER', 'FSETID'],
      },
      (chunk) => {
        said.add(chunk)
      },
      signal,
    )

  /** Runs a script to its end and gives its output. */
  const run = async (
    place: DataPlace,
    what: string,
    argv: readonly string[],
    may: 'read' | 'write',
    signal: AbortSignal,
    feed: (container: OwnContainer) => Promise<void> = ({ stdin }) => closed(stdin),
  ): Promise<string> => {
    const said = tail()
    const container = await start(place, argv, may, said, signal)
    const stop = () => void container.remove().catch(() => undefined)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const output = textOf(container.stdout)
      // What breaks the input breaks the output as well, and is told by the input.
      output.catch(() => undefined)
      // An unpacking that gives up early breaks its input too; why it did is the better story.
      const fed = await feed(container).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (fed && !isBrokenPipe(fed.error)) throw fed.error
      const text = await output
      const { exitCode } = await container.ended()
      signal.throwIfAborted()
      if (exitCode !== 0 || fed) throw failed(place, what, exitCode, said.lines())
      return text
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
      await container.remove()
    }
  }

  return {
    async look(place, signal) {
      const text = await run(place, 'looked at', looking(inside(place)), 'read', signal)
      const [version = '', free = '', entry = ''] = text.split('\n').map((line) => line.trim())
      if (!/^\d+\.\d+/.test(version) || !/^\d+$/.test(free))
        throw failed(place, 'looked at', 0, [`it answered ${JSON.stringify(text.slice(0, 200))}`])
      return { serverVersion: version, freeBytes: Number(free), empty: entry === '' }
    },

    async copy(place, signal) {
      const said = new LineTail((line) => line, undefined, mostTarLines)
      const container = await start(place, copying(inside(place)), 'read', said, signal)
      const stop = () => container.remove()
      const aborted = () => void stop().catch(() => undefined)
      signal.addEventListener('abort', aborted, { once: true })
      return {
        raw: container.stdout,
        async outcome() {
          const { exitCode } = await container.ended()
          return { exitCode, lines: said.lines() }
        },
        async stop() {
          signal.removeEventListener('abort', aborted)
          await stop()
        },
      }
    },

    async unpack(place, folder, source, signal) {
      const argv = unpacking(inside(place), ours(folder))
      await run(place, 'unpacked', argv, 'write', signal, ({ stdin }) => pipeline(source, stdin))
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

/** Where a volume is mounted in a container of ours: at no path that an image declares a volume of its own for. */
const mountPoint = '/ops-data'

/** The data folder in a container of ours. */
function inside({ mountedAt, dbPath }: DataPlace): string {
  return mountPoint + dbPath.slice(mountedAt.length)
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
