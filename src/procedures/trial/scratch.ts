import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { OwnContainer, OwnEnding } from '../../ports/ownContainers.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import type { ScratchImage } from './scratchImage.js'
import { scratchArguments, scratchBytes, scratchMemoryBytes } from './scratchScript.js'
import { ScratchTalk } from './scratchTalk.js'

/** Milliseconds that an empty mongod may take until it listens. */
const startPatience = 90_000

/**
 * A server for one trial. It asks nobody for a password, so it has no network at all: only processes that the engine
 * starts in its container reach it, and whoever may do that could read the live database as well.
 */
export class Scratch {
  #container: OwnContainer | undefined
  #ending: Promise<OwnEnding> | undefined

  constructor(
    private readonly target: Target,
    private readonly image: ScratchImage,
    private readonly world: World,
  ) {}

  /** The server as a target like any other. It keeps the name, which is that of the shelf. */
  get asTarget(): Target {
    if (!this.#container) throw new Error('a scratch server is used after it was started')
    return {
      name: this.target.name,
      place: { kind: 'container', container: this.#container.name },
      databases: [],
      writers: [],
      expectations: {},
      engine: 'exec',
      pointInTime: false,
    }
  }

  /**
   * Removes what killed runs left, starts the server, and waits until it takes connections. Throws `OWN_CONTAINER_FAILED`,
   * `SCRATCH_NOT_READY` (environment), `SCRATCH_TOO_SMALL` (space), and the signal's reason; `remove` is due all the same.
   */
  async start(rawBytes: number, { signal, warn, detail }: StepContext): Promise<void> {
    for (const name of await this.world.ownContainers.sweep()) {
      warn(`removed container ${name}: an earlier run was cut off before it could`)
    }
    const talk = new ScratchTalk()
    const container = await this.world.ownContainers.start(
      {
        purpose: 'scratch',
        target: this.target.name,
        image: this.image.id,
        argv: scratchArguments,
        network: { kind: 'none' },
        readOnlyRoot: false,
        memoryBytes: scratchMemoryBytes,
      },
      (chunk) => {
        talk.logged(chunk)
      },
      signal,
    )
    this.#container = container
    const ending = container.ended()
    ending.catch(() => undefined)
    this.#ending = ending
    void listen(container, talk)
    const over = this.#givenUp(talk, ending, signal)
    over.catch(() => undefined)
    const free = await Promise.race([talk.room, over])
    this.#requireRoom(free, scratchBytes(rawBytes))
    await Promise.race([talk.ready, over])
    detail(`${container.name}, of image ${this.image.name}, without a network`)
  }

  /** How the server ended, where it did not live to see the end of the trial. */
  async cutOff(): Promise<string | undefined> {
    if (!this.#container || !this.#ending) return undefined
    const now = await this.world.engine.container(this.#container.name)
    if (now?.state === 'running') return undefined
    if (!now) return 'its container is gone'
    const { exitCode, outOfMemory } = await this.#ending
    return outOfMemory
      ? `it ran out of memory (${(scratchMemoryBytes / 1024 ** 3).toString()} GiB)`
      : `it left with exit code ${exitCode.toString()}`
  }

  /** Ends the server and removes its container with everything in it. May be called again, and where it was never there. */
  async remove(): Promise<void> {
    await this.#container?.remove()
  }

  /** Never resolves. Rejects where waiting on makes no sense any more. */
  async #givenUp(
    talk: ScratchTalk,
    ending: Promise<OwnEnding>,
    signal: AbortSignal,
  ): Promise<never> {
    const why = await Promise.race([
      ending.then(({ exitCode, outOfMemory }) =>
        outOfMemory ? 'it ran out of memory' : `it left with exit code ${exitCode.toString()}`,
      ),
      this.world.clock
        .sleep(startPatience, signal)
        .then(() => `it took no connections within ${(startPatience / 1000).toString()} seconds`),
      aborted(signal),
    ])
    const lines = talk.lines()
    const said = lines.at(-1)
    throw new Failure(
      'environment',
      'SCRATCH_NOT_READY',
      `the scratch server of image ${this.image.name} did not start: ${why}${said === undefined ? '' : `; it said: ${said}`}`,
      ['ops backup test-restore --image IMAGE', 'docker info', 'ops doctor'],
      { facts: { image: this.image.name, lines } },
    )
  }

  #requireRoom(freeBytes: number, neededBytes: number): void {
    if (freeBytes >= neededBytes) return
    const megabytes = (bytes: number) => Math.ceil(bytes / 1e6).toString()
    throw new Failure(
      'space',
      'SCRATCH_TOO_SMALL',
      `the engine has ${megabytes(freeBytes)} MB free for a scratch server, the restored backup needs about ${megabytes(neededBytes)} MB`,
      ['docker system df', 'df -h /var/lib/docker'],
      { facts: { freeBytes, neededBytes } },
    )
  }
}

/** Read all the time: a container whose output nobody takes stands still. */
async function listen(container: OwnContainer, talk: ScratchTalk): Promise<void> {
  try {
    for await (const chunk of container.stdout) talk.heard(chunk)
  } catch {
    // A connection that breaks off is seen by how the container ends.
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}
