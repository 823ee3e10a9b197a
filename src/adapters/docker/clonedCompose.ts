import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Stack } from '../../domain/target.js'
import type { Compose } from '../../ports/compose.js'
import { compose } from './compose.js'
import { composeDocument } from './composeDocument.js'

/** How files are run that describe something else than what may be started. */
export interface Cloning {
  /** The project that the files are of; their own name for it where it is left out. */
  readonly project?: string
  /** What is run in place of what they say. */
  readonly fit: (document: ComposeDocument) => ComposeDocument
}

/**
 * Compose that reads files of a stack as they are, and runs a clone of what they say: every call goes through `fit`, so that nothing
 * that the clone leaves out (ports, names, networks) is ever made. Volumes that the clone only shares are no part of its project.
 */
export function clonedCompose(
  environment: Readonly<Record<string, string | undefined>>,
  { project: original, fit }: Cloning,
): Compose {
  // Files may be written between two calls: what was read is not kept.
  const through = async <Answer>(
    stack: Stack,
    call: (inner: Compose, stack: Stack) => Promise<Answer>,
  ): Promise<Answer> => {
    const { directory, composeFiles } = stack
    const files = {
      directory,
      composeFiles,
      ...(original === undefined ? {} : { project: original }),
    }
    const document = fit(await composeDocument(files, environment))
    return call(compose(environment, JSON.stringify(document)), { ...stack, composeFiles: ['-'] })
  }
  const machine = compose(environment)
  return {
    version: () => machine.version(),
    lastLines: (...given) => machine.lastLines(...given),
    project: (stack) =>
      through(stack, async (inner, own) => {
        const found = await inner.project(own)
        return { ...found, volumes: found.volumes.filter(({ external }) => !external) }
      }),
    configHash: (stack, ...given) =>
      through(stack, (inner, own) => inner.configHash(own, ...given)),
    up: (stack, ...given) => through(stack, (inner, own) => inner.up(own, ...given)),
    make: (stack, ...given) => through(stack, (inner, own) => inner.make(own, ...given)),
    down: (stack, ...given) => through(stack, (inner, own) => inner.down(own, ...given)),
    stop: (stack, ...given) => through(stack, (inner, own) => inner.stop(own, ...given)),
    start: (stack, ...given) => through(stack, (inner, own) => inner.start(own, ...given)),
    restart: (stack, ...given) => through(stack, (inner, own) => inner.restart(own, ...given)),
    run: (stack, ...given) => through(stack, (inner, own) => inner.run(own, ...given)),
    logs: (stack, ...given) => through(stack, (inner, own) => inner.logs(own, ...given)),
  }
}
