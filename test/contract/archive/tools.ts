import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buffer, text } from 'node:stream/consumers'

/** How a run of a tool ended. */
export interface ToolRun {
  readonly exitCode: number | null
  readonly log: string
}

/** Runs mongodump and answers with the raw archive. */
export async function dump(uri: string, ...flags: string[]): Promise<Buffer> {
  const tool = start('mongodump', [`--uri=${uri}`, '--quiet', '--archive', ...flags])
  tool.stdin.end()
  const [log, archive] = await Promise.all([text(tool.stderr), buffer(tool.stdout)])
  const exitCode = await tool.exitCode
  if (exitCode !== 0) throw new Error(`mongodump exited with ${String(exitCode)}: ${log}`)
  return archive
}

/** Feeds an archive to mongorestore. */
export async function restore(
  uri: string,
  archive: AsyncIterable<Uint8Array>,
  ...flags: string[]
): Promise<ToolRun> {
  const tool = start('mongorestore', [`--uri=${uri}`, '--archive', ...flags])
  return feed(tool, archive)
}

/** The same; `onReplay` is called when it has restored all but the oplog. */
export async function restoreTelling(
  uri: string,
  archive: AsyncIterable<Uint8Array>,
  onReplay: () => void,
  ...flags: string[]
): Promise<ToolRun> {
  const tool = start('mongorestore', [`--uri=${uri}`, '--archive', ...flags])
  tool.stderr.on('data', (words: Buffer) => {
    if (words.includes('\treplaying oplog\n')) onReplay()
  })
  return feed(tool, archive)
}

/** Asks gunzip whether a file is sound. */
export async function testGzip(file: AsyncIterable<Uint8Array>): Promise<ToolRun> {
  return feed(start('gunzip', ['--test']), file)
}

function start(name: string, argv: readonly string[]) {
  const child = spawn(name, argv, { stdio: 'pipe' })
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  const { stdin, stdout, stderr } = child
  return { stdin, stdout, stderr, exitCode }
}

async function feed(
  tool: ReturnType<typeof start>,
  input: AsyncIterable<Uint8Array>,
): Promise<ToolRun> {
  tool.stdout.resume()
  const log = text(tool.stderr)
  // What the tool says matters more than that it stopped reading.
  await pipeline(Readable.from(input), tool.stdin).catch(() => undefined)
  return { exitCode: await tool.exitCode, log: await log }
}
