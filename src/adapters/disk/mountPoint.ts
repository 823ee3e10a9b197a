import { readFile, realpath } from 'node:fs/promises'

/** Whether something is mounted exactly there; links are followed. */
export async function isMountPoint(path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => path)
  return (await mountPoints()).includes(real)
}

/** Where something is mounted; nothing where the machine does not say. None of them is touched. */
export async function mountPoints(): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  // proc(5), mountinfo: the fifth field is the mount point, with space, tab, newline and backslash in octal.
  return table
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((point) => point !== '')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}
