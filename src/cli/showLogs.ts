import { Failure } from '../domain/failure.js'
import { readLogs } from '../procedures/stack/logs.js'
import type { World } from '../ports/world.js'
import { visible } from '../report/format/visible.js'
import type { Door } from './door.js'
import { logRequest, type LogFlags } from './logRequest.js'

/** What `stack logs --json` answers. */
export interface LogLines {
  readonly lines: readonly string[]
}

/**
 * Prints log lines as they come, or hands them back under `--json`. A reader that has seen enough (`| head`) ends it
 * quietly. Throws `USAGE` (usage) for `--follow --json`: one object cannot be printed of something that does not end.
 */
export async function showLogs(
  names: readonly string[],
  flags: LogFlags,
  world: World,
  door: Door,
): Promise<LogLines> {
  if (flags.follow && door.json)
    throw new Failure('usage', 'USAGE', '--follow never ends, and --json prints one object', [
      'ops stack logs --json --tail 200',
    ])
  const { interruption } = door
  const closed = new Error('the reader has gone')
  door.stdout.once('error', () => {
    interruption.stop(closed)
  })
  const lines: string[] = []
  const say = (line: string) => {
    if (door.json) lines.push(line)
    else door.stdout.write(`${visible(line)}\n`)
  }
  const request = logRequest(names, flags)
  try {
    await readLogs(request, world, say, interruption.signal)
  } catch (error) {
    if (error !== closed) throw error
  }
  return { lines }
}
