import type { ToolHost } from './toolHost.js'

/** Milliseconds that `runTool` waits for a short command. */
const usualPatience = 20_000

/** Runs a short command there and collects its standard output (64 KiB at most). Its input is empty. */
export async function runTool(
  host: Pick<ToolHost, 'start'>,
  argv: readonly string[],
  patience = usualPatience,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const process = await host.start(argv, () => undefined)
  const deadline = setTimeout(() => {
    process.destroy()
  }, patience)
  try {
    process.stdin.end()
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of process.stdout) {
      size += chunk.length
      if (size <= 65_536) chunks.push(chunk)
    }
    return { exitCode: await process.exitCode(), output: Buffer.concat(chunks).toString('utf8') }
  } finally {
    clearTimeout(deadline)
    process.destroy()
  }
}
