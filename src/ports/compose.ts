import type { Stack } from '../domain/target.js'

/** A service as the compose files describe it, variables filled in. */
export interface ComposeService {
  readonly name: string
  readonly image?: string
  readonly containerName?: string
  /** Holds secrets: read single variables from it, print none. */
  readonly environment: Readonly<Record<string, string>>
  readonly restart?: string
  readonly profiles: readonly string[]
}

/** The compose project as its files describe it. */
export interface ComposeProject {
  readonly name: string
  readonly services: Readonly<Record<string, ComposeService>>
}

/** How lifecycle calls tell what is going on: a line as compose prints it. */
export type Say = (line: string) => void

/** `docker compose`. Throws `COMPOSE_MISSING` (environment) without it, `COMPOSE_FAILED` (failed) with its own words. */
export interface Compose {
  version(): Promise<string>
  project(stack: Stack): Promise<ComposeProject>
  /** Starts services (all of them where none is named) and waits until they are healthy. Jobs are not waited for. */
  up(
    stack: Stack,
    services: readonly string[],
    options: { readonly timeoutSeconds: number },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  down(
    stack: Stack,
    options: { readonly volumes: boolean },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  stop(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  start(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  restart(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  /** Runs a service once in the foreground; each line of its output goes to `say`. Resolves to its exit code. */
  run(
    stack: Stack,
    service: string,
    environment: Readonly<Record<string, string>>,
    say: Say,
    signal: AbortSignal,
  ): Promise<number>
  /** Log lines of services, in order. Ends when the log does, or at the signal with `follow`. */
  logs(
    stack: Stack,
    services: readonly string[],
    options: { readonly follow: boolean; readonly since?: string; readonly tail?: number },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
}
