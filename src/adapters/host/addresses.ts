import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'

/**
 * Addresses of this machine, also of interfaces that nothing is attached to right now: Node leaves those out, and the bridge of a stack whose
 * every container is down is one. The kernel lists them among the routes of each network namespace (proc(5), fib_trie).
 */
export async function ownAddresses(): Promise<readonly string[]> {
  const shown = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => address),
  )
  const routes = await readFile('/proc/net/fib_trie', 'utf8').catch(() => '')
  return [...new Set([...shown, ...localIn(routes)])]
}

/** The addresses that a table of routes calls local. */
export function localIn(routes: string): readonly string[] {
  return [...routes.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].flatMap(
    ([, address]) => address ?? [],
  )
}
