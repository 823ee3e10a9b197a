import type { ContainerFacts, Engine } from '../../ports/engine.js'

/** Milliseconds between two looks at a container. */
const lookEvery = 200

/**
 * What became of a container since `before` was seen; nothing if it runs as it did. The engine says that a container was
 * killed seconds after its processes are gone, so it is looked at up to `looks` times.
 */
export async function whyEnded(
  engine: Engine,
  before: ContainerFacts,
  looks: number,
): Promise<string | undefined> {
  for (let look = 0; look < looks; look++) {
    const now = await engine.container(before.id).catch(() => undefined)
    const why = changed(before, now)
    if (why !== undefined) return why
    await new Promise((resolve) => setTimeout(resolve, lookEvery))
  }
  return undefined
}

function changed(before: ContainerFacts, now: ContainerFacts | undefined): string | undefined {
  const { name } = before
  if (!now) return `container ${name} is gone`
  if (now.oomKilled) return `container ${name} ran out of memory and was killed`
  if (now.state !== 'running')
    return `container ${name} is ${now.state} (exit code ${now.exitCode.toString()})`
  return now.startedAt === before.startedAt
    ? undefined
    : `container ${name} was restarted meanwhile`
}
