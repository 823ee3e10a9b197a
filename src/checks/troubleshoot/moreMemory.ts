import { size } from '../doctor/words.js'

/** Bytes. */
const mebibyte = 1024 ** 2

/** Limits are set in steps of so many bytes. */
const step = 64 * mebibyte

/** Part of the machine that services may have together; the rest is for the system and for what it caches. */
const share = 0.75

/** How often a limit is worth changing for, at least. */
const least = 1.25

/** What is known of a service whose memory is not enough, in bytes. */
export interface MemoryNeed {
  readonly limitBytes: number
  /** What it uses; absent where it does not run. */
  readonly usedBytes?: number
  /** What a server's cache may grow to; absent where it is none, or does not say. */
  readonly cacheBytes?: number
  /** Of the machine; absent where that is not known. */
  readonly machineBytes?: number
  /** What the other containers of the stack use; absent where that is not known of all that run. */
  readonly othersBytes?: number
}

/**
 * The limit to raise it to: twice of what it is, or what holds its cache with a quarter and 256 MiB beside, or half more than it uses,
 * whichever is most; no more than three quarters of the machine, less what others use. Else why there is none.
 */
export function moreMemory({
  limitBytes,
  usedBytes = 0,
  cacheBytes = 0,
  machineBytes,
  othersBytes,
}: MemoryNeed): { readonly toBytes: number } | { readonly because: string } {
  if (machineBytes === undefined) return { because: 'how much memory the machine has is not known' }
  if (othersBytes === undefined) return { because: 'what other containers use is not known' }
  const forCache = cacheBytes > 0 ? 1.25 * cacheBytes + 256 * mebibyte : 0
  const wanted = Math.max(2 * limitBytes, forCache, 1.5 * usedBytes)
  const most = share * machineBytes - othersBytes
  const toBytes = Math.min(
    Math.ceil(wanted / step) * step,
    Math.max(0, Math.floor(most / step) * step),
  )
  if (toBytes >= least * limitBytes && toBytes > cacheBytes) return { toBytes }
  const others = othersBytes > 0 ? `, of which other containers use ${size(othersBytes)}` : ''
  return { because: `the machine has ${size(machineBytes)} in all${others}` }
}

/** Bytes that a server's cache may grow to, by its own arguments (`--wiredTigerCacheSizeGB`); nothing where they do not say. */
export function cacheOption(command: readonly string[]): number | undefined {
  const [, text] = /--wiredTigerCacheSizeGB[=\s]+([\d.]+)/.exec(command.join(' ')) ?? []
  const gigabytes = Number(text)
  return gigabytes > 0 ? gigabytes * 1024 ** 3 : undefined
}

/** A limit as compose files have it. */
export function limitText(bytes: number): string {
  return `${Math.round(bytes / mebibyte).toString()}m`
}
