import type { Writable } from 'node:stream'
import type { EngineName } from '../../domain/manifest.js'
import type { Secret } from '../../domain/secret.js'
import type { CarriedFiles } from './carriedFiles.js'

/** A tool that runs somewhere. */
export interface ToolProcess {
  readonly stdin: Writable
  readonly stdout: AsyncIterable<Uint8Array>
  exitCode(): Promise<number>
  /** Lets go of it: pipes and connections are closed. */
  destroy(): void
}

/** A place where MongoDB's tools can be run against one server. */
export interface ToolHost {
  readonly name: EngineName
  /** Connection string as seen from there, signed in. */
  readonly uri: Secret
  /** Everything that must not show up in what the tools say. */
  readonly secrets: readonly Secret[]
  /** What has to be carried there for the tools. */
  readonly carried: CarriedFiles
  start(argv: readonly string[], onStderr: (chunk: Uint8Array) => void): Promise<ToolProcess>
  /** Sends a signal to a process there, by its number there. */
  terminate(processNumber: number, signal: 'TERM' | 'KILL'): Promise<void>
  /** The command that ends what was started there, where there is one to end it all. */
  howToEnd?(): string | undefined
  /** What is known of why a tool left with this exit code, besides the code. */
  explain(exitCode: number): Promise<string | undefined>
}
