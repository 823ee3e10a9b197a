import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'

/** How a run of a tool ended. */
export interface ToolRun {
  readonly exitCode: number | null
  readonly log: string
}

/** Runs mongodump and answers with the raw archive. */
export async function dump(uri: string, ...flags: string[]): Promise<Buffer> {
  const tool = spawn('mongodump', [`--uri=${uri}`, '--quiet', '--archive', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(tool, 'exit')
  const chunks: Buffer[] = []
  for await (const chunk of tool.stdout) chunks.push(chunk as Buffer)
  const [exitCode] = (await exit) as [number | null]
  if (exitCode !== 0) throw new Error(`mongodump exited with ${String(exitCode)}`)
  return Buffer.concat(chunks)
}

/** Feeds an archive to mongorestore. */
export async function restore(
  uri: string,
  archive: AsyncIterable<Uint8Array>,
  ...flags: string[]
): Promise<ToolRun> {
  const tool = spawn('mongorestore', [`--uri=${uri}`, '--archive', ...flags], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const exit = once(tool, 'exit')
  const log = text(tool.stderr)
  // What mongorestore says matters more than that it stopped reading.
  await pipeline(Readable.from(archive), tool.stdin).catch(() => undefined)
  const [exitCode] = (await exit) as [number | null]
  return { exitCode, log: await log }
}
