import { once } from 'node:events'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Containers } from '../../ports/containers.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import type { Secrets } from '../../ports/secrets.js'
import type { WriteGuard, WriteGuards } from '../../ports/writeGuards.js'
import { accessTo } from '../mongo/access.js'
import { connectionString } from '../mongo/connectionString.js'
import { LineTail } from '../tools/lineTail.js'
import { guardScript } from './guardScript.js'

/** What a guard needs of the world. */
export interface GuardWorld {
  readonly containers: Containers
  readonly secrets: Secrets
  readonly ownContainers: OwnContainers
}

/** Milliseconds a guard has to sign in. */
const patience = 30_000

/**
 * Guards are a mongosh in a container beside the database's, in its network. It goes on when ops is killed, because the
 * engine runs it, and sees that in the end of its input. The sign-in reaches it through that input alone.
 */
export function writeGuards(world: GuardWorld): WriteGuards {
  return {
    async watch(target, signal) {
      const access = await accessTo(target, world.containers, world.secrets)
      if (access.kind === 'server')
        throw failed(target, 'the server is not in a container of this engine')
      const said = new LineTail((line) => line)
      const container = await world.ownContainers.start(
        {
          purpose: 'datafiles',
          target: target.name,
          image: access.container.imageId,
          argv: ['mongosh', '--quiet', '--norc', '--nodb', '--eval', guardScript],
          environment: { HOME: '/tmp' },
          user: '65534:65534',
          network: { kind: 'container', id: access.container.id },
          temporary: ['/tmp'],
          readOnlyRoot: true,
          memoryBytes: 512 * 1024 * 1024,
        },
        (chunk) => {
          said.add(chunk)
        },
        signal,
      )
      try {
        const uri = connectionString(`127.0.0.1:${access.port.toString()}`, access.signIn)
        return await watching(target, container, uri.reveal(), said, signal)
      } catch (error) {
        await container.remove().catch(() => undefined)
        throw error
      }
    },
  }
}

async function watching(
  target: Target,
  container: OwnContainer,
  uri: string,
  said: LineTail,
  signal: AbortSignal,
): Promise<WriteGuard> {
  const words = new Words(container.stdout)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const heard = async (word: string) => {
    if (await words.heard(word, limit)) return
    signal.throwIfAborted()
    throw failed(target, said.lines().at(-1) ?? 'it did not answer')
  }
  container.stdin.write(`${uri}\n`)
  await heard('watching')
  return {
    async arm(limitMilliseconds) {
      container.stdin.write(`lock ${limitMilliseconds.toString()}\n`)
      if (await words.heard('armed', AbortSignal.timeout(patience))) return
      throw failed(target, said.lines().at(-1) ?? 'it did not answer')
    },
    async dismiss() {
      if (container.stdin.writable) container.stdin.end('done\n')
      await container.remove()
    },
  }
}

/** The lines of an output, waited for one by one. */
class Words {
  #text = ''
  #ended = false
  #wake = new AbortController()

  constructor(output: AsyncIterable<Uint8Array>) {
    this.#read(output)
      .catch(() => undefined)
      .finally(() => {
        this.#ended = true
        this.#wake.abort()
      })
  }

  /** Whether the line came before the output ended or the signal was aborted. */
  async heard(word: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (this.#text.split('\n').includes(word)) return true
      if (this.#ended || signal.aborted) return false
      const either = AbortSignal.any([this.#wake.signal, signal])
      if (!either.aborted) await once(either, 'abort')
    }
  }

  async #read(output: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of output) {
      this.#text = (this.#text + Buffer.from(chunk).toString('utf8')).slice(-4096)
      this.#wake.abort()
      this.#wake = new AbortController()
    }
  }
}

function failed(target: Target, why: string): Failure {
  return new Failure(
    'environment',
    'GUARD_FAILED',
    `nothing can watch over the write lock of "${target.name}": ${why}`,
    ['ops doctor', 'ops backup'],
  )
}
