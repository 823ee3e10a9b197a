import { PassThrough, Writable } from 'node:stream'
import type {
  OwnContainerRequest,
  OwnContainers,
  OwnEnding,
} from '../../src/ports/ownContainers.js'

/** What a fake container does with its input: its output, and how it leaves. */
export type FakeProgram = (
  request: OwnContainerRequest,
  input: Buffer,
) => { readonly output?: Uint8Array; readonly ending?: OwnEnding }

/** What a fake container says as soon as it runs. */
export type FakeGreeting = (request: OwnContainerRequest) => {
  readonly stdout?: string
  readonly stderr?: string
  /** It leaves by itself. */
  readonly ending?: OwnEnding
}

/** Containers in memory. Each runs `program` once its input has ended, and is in `running` until it is removed. */
export class FakeOwnContainers implements OwnContainers {
  readonly running = new Map<string, OwnContainerRequest>()
  readonly started: OwnContainerRequest[] = []
  readonly left: string[] = []

  constructor(
    private readonly program: FakeProgram = () => ({}),
    readonly greeting: FakeGreeting = () => ({}),
  ) {}

  start(request: OwnContainerRequest, onStderr: (chunk: Uint8Array) => void = () => undefined) {
    const name = `ops-${request.purpose}-${this.started.length.toString()}`
    this.started.push(request)
    this.running.set(name, request)
    const stdout = new PassThrough()
    const input: Buffer[] = []
    let settle: (ending: OwnEnding) => void = () => undefined
    const ended = new Promise<OwnEnding>((resolve) => {
      settle = resolve
    })
    const end = (ending: OwnEnding) => {
      stdout.end()
      settle(ending)
      return Promise.resolve()
    }
    const { stdout: said, stderr: complained, ending: leaves } = this.greeting(request)
    if (said !== undefined) stdout.write(said)
    if (complained !== undefined) onStderr(Buffer.from(complained))
    if (leaves) void end(leaves)
    return Promise.resolve({
      id: name,
      name,
      stdout,
      stdin: new Writable({
        write(chunk: Buffer, _encoding, done) {
          input.push(chunk)
          done()
        },
        final: (done) => {
          const { output, ending } = this.program(request, Buffer.concat(input))
          if (output) stdout.write(output)
          void end(ending ?? { exitCode: 0, outOfMemory: false })
          done()
        },
      }),
      ended: () => ended,
      kill: (signal: 'SIGTERM' | 'SIGKILL') =>
        end({ exitCode: signal === 'SIGKILL' ? 137 : 143, outOfMemory: false }),
      remove: () => {
        this.running.delete(name)
        return end({ exitCode: 137, outOfMemory: false })
      },
    })
  }

  sweep(): Promise<readonly string[]> {
    return Promise.resolve(this.left.splice(0))
  }
}
