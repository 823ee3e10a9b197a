import type { ConfigReading } from '../../../src/config/config.js'
import { parseConfig } from '../../../src/config/parse.js'
import type { Surroundings } from '../../../src/config/surroundings.js'
import { Failure } from '../../../src/domain/failure.js'

export const root: Surroundings = { env: {}, cwd: '/somewhere', home: '/root', uid: 0 }

/** The smallest configuration that is complete, with lines put in before its end. */
export function minimal(...lines: readonly string[]): string {
  return [
    'version: 1',
    'name: healthcare',
    'targets: {medical: {container: mongo}}',
    ...lines,
    '',
  ].join('\n')
}

/** A configuration with one target, described by a YAML flow mapping. */
export function withTarget(target: string, ...lines: readonly string[]): string {
  return [
    'version: 1',
    'name: healthcare',
    'stack: {compose: [docker-compose.yml]}',
    'targets:',
    `  medical: ${target}`,
    ...lines,
    '',
  ].join('\n')
}

export function parse(text: string, env: Surroundings['env'] = {}): ConfigReading {
  return parseConfig(text, '/srv/app/ops.yaml', { ...root, env })
}

/** The lines of the failure, without the file's name. */
export function problems(text: string, env: Surroundings['env'] = {}): readonly string[] {
  return failure(() => parse(text, env))
    .message.split('\n')
    .map((line) => line.replace('/srv/app/ops.yaml:', ''))
}

export function failure(act: () => unknown): Failure {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
