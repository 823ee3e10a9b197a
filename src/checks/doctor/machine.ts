import { Failure } from '../../domain/failure.js'
import type { Finding } from '../../domain/finding.js'
import type { Compose } from '../../ports/compose.js'
import type { Engine, EngineFacts } from '../../ports/engine.js'
import { check, type Check } from './check.js'
import { broken, fine } from './finding.js'

/** Something that was asked for, or why there is none. */
export type Found<What> = { readonly found: What } | { readonly failure: Failure }

/** The answer, or the expected failure; anything else is thrown on. */
export async function found<What>(asked: Promise<What>): Promise<Found<What>> {
  try {
    return { found: await asked }
  } catch (error) {
    if (error instanceof Failure) return { failure: error }
    throw error
  }
}

/** Is there a Docker engine, and Compose? */
export function machineChecks(engine: Engine, compose: Compose): readonly Check[] {
  return [
    check({
      id: 'engine',
      asks: 'the Docker engine',
      look: () => found(engine.facts()),
      judge: (evidence) => [judgeEngine(evidence)],
    }),
    check({
      id: 'compose',
      asks: 'Docker Compose',
      look: () => found(compose.version()),
      judge: (evidence) => [judgeCompose(evidence)],
    }),
  ]
}

/** Judges the engine's answer. */
export function judgeEngine(evidence: Found<EngineFacts>): Finding {
  if ('failure' in evidence) {
    const { message, next } = evidence.failure
    return broken('engine', 'the Docker engine does not answer', message, next)
  }
  const { version, apiVersion, endpoint, local } = evidence.found
  return fine(
    'engine',
    `Docker engine ${version} (API ${apiVersion})`,
    `${endpoint}${local ? '' : ', on another machine'}`,
    version,
  )
}

/** Judges what Compose said of itself. */
export function judgeCompose(evidence: Found<string>): Finding {
  if ('found' in evidence)
    return fine('compose', `Docker Compose ${evidence.found}`, '', evidence.found)
  const { message, next } = evidence.failure
  return broken('compose', 'there is no usable Docker Compose', message, next)
}
