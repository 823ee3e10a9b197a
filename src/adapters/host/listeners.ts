import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Listener } from '../../ports/premises.js'

/** State of a socket that listens (proc(5), /proc/net/tcp). */
const listening = '0A'

/** A socket that listens, by its inode. */
interface Socket {
  readonly address: string
  readonly inode: string
}

/**
 * Who listens on a TCP port in the network of this very process (proc(5): /proc/self/net/tcp, and the descriptors of processes, which
 * only root and their owner may see). Nothing without /proc.
 */
export async function listenersOf(port: number): Promise<readonly Listener[] | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) =>
      readFile(`/proc/self/net/${name}`, 'utf8').catch(() => undefined),
    ),
  )
  if (tables[0] === undefined) return undefined
  const sockets = tables.flatMap((table) => listeningIn(table ?? '', port))
  if (sockets.length === 0) return []
  const holders = await holdersOf(new Set(sockets.map(({ inode }) => inode)))
  return sockets.map(({ address, inode }) => ({ address, ...holders.get(inode) }))
}

/** The sockets of a table of /proc/net that listen on a port. */
export function listeningIn(table: string, port: number): readonly Socket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/)
      const [address = '', digits = ''] = (fields[1] ?? '').split(':')
      const inode = fields[9]
      if (fields[3] !== listening || inode === undefined || parseInt(digits, 16) !== port) return []
      return [{ address: addressOf(address), inode }]
    })
}

/** Words of four bytes, each in the order of the machine; all that Node runs on are little-endian. */
function addressOf(digits: string): string {
  const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255)
    return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  return groups.join(':') === '0:0:0:0:0:0:0:1' ? '::1' : groups.join(':')
}

/** The process that holds each of these sockets, the oldest where several do. */
async function holdersOf(
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, { readonly pid: number; readonly program: string }>> {
  const found = new Map<string, { readonly pid: number; readonly program: string }>()
  const pids = (await readdir('/proc').catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other)
  for (const pid of pids) {
    for (const inode of await socketsOf(pid)) {
      if (!inodes.has(inode) || found.has(inode)) continue
      const program = await readFile(`/proc/${pid.toString()}/comm`, 'utf8').catch(() => '?')
      found.set(inode, { pid, program: program.trim() })
    }
    if (found.size === inodes.size) break
  }
  return found
}

/** Inodes of the sockets that a process holds; none of one that is gone, or somebody else's. */
async function socketsOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid.toString()}/fd`
  const names = await readdir(folder).catch(() => [])
  const links = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}
