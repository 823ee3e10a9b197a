import type { EngineName } from '../domain/manifest.js'
import type { Target } from '../domain/target.js'

/** What to dump. */
export interface DumpRequest {
  /** One database, or the whole instance. */
  readonly database?: string
  /** Also what happens while dumping; whole instance of a replica set only. */
  readonly oplog: boolean
}

/** A running mongodump. `outcome` is known once `raw` was read to its end, was left, or the signal came. */
export interface DumpRun {
  /** Who runs it. */
  readonly engine: EngineName
  /** Engines that were tried before it and could not, a sentence each. */
  readonly fellBack: readonly string[]
  /** A part of it is valid until the next one is asked for. */
  readonly raw: AsyncIterable<Uint8Array>
  /** Resolves once the process is gone: its exit code and the last lines it said (redacted). */
  readonly outcome: Promise<ToolOutcome>
}

/** How a tool left. */
export interface ToolOutcome {
  readonly exitCode: number
  /** Its last lines, secrets removed. */
  readonly lines: readonly string[]
  /** Why it may have ended, when more than its exit code is known: container stopped, out of memory … */
  readonly because?: string
}

/** What to feed mongorestore. */
export interface RestoreRequest {
  /** Drop each collection of the archive just before it is restored. */
  readonly drop: boolean
  readonly oplogReplay: boolean
  /** Insert in the order of the archive, with one worker a collection: what a capped collection needs. */
  readonly maintainInsertionOrder?: boolean
  /** Called when everything before the oplog of the archive was restored, and it waits for what that holds. */
  readonly onReplay?: () => void
  /** Each batch counts as inserted before it is durable: whoever asks for that makes sure of it when all is in. */
  readonly durableLater?: boolean
}

/** mongorestore's summary line, counted by it. */
export interface RestoreOutcome extends ToolOutcome {
  /** Who ran it. */
  readonly engine: EngineName
  /** Engines that were tried before it and could not, a sentence each. */
  readonly fellBack: readonly string[]
  readonly restored: number
  readonly failed: number
}

/** Versions of the two tools where an engine would run them. */
export interface ToolVersions {
  readonly mongodump: string
  readonly mongorestore: string
  /** Who answered, where another engine was asked first. */
  readonly engine?: EngineName
  /** Why those asked before could not answer, a sentence each. */
  readonly fellBack?: readonly string[]
}

/** MongoDB's own tools, run by one engine. A killed ops kills its tool. */
export interface DumpTools {
  readonly name: EngineName
  /** Throws `TOOL_MISSING` (environment) where they are not there. */
  versions(target: Target): Promise<ToolVersions>
  dump(target: Target, request: DumpRequest, signal: AbortSignal): Promise<DumpRun>
  /**
   * Feeds a raw archive to mongorestore. What the tool did is in the outcome, with two exceptions: `RESTORE_UNCONFIRMED`
   * (failed) for exit code 0 without its count of documents, `RESTORE_STILL_RUNNING` (failed) where it may still run: it
   * was told to stop and did not leave, or its engine does not say how it ended. Rejects with the
   * source's error, or the signal's reason, after the tool is gone.
   */
  restore(
    target: Target,
    request: RestoreRequest,
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<RestoreOutcome>
}

/** What an engine is wanted for. `bytes`: what will probably be dumped, or fed; absent where nobody knows. */
export interface Work {
  readonly kind: 'dump' | 'restore'
  readonly bytes?: number
}

/** Which engine serves a target, and why. */
export interface Tools {
  /**
   * Without a word on the work: for a dump of unknown size. Throws `ENGINE_IMPOSSIBLE` (environment) when the one asked
   * for cannot. Where none was asked for, a dump or restore whose
   * engine fails before the first byte is begun again with the next one.
   */
  choose(target: Target, work?: Work): Promise<Chosen>
}

/** An engine, with those that stand behind it. */
export interface Chosen {
  readonly tools: DumpTools
  readonly because: string
  /** Whether the tools of an engine that stands behind it answered just now: then one will do. */
  readonly seen?: boolean
}
