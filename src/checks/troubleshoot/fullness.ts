import type { Space } from '../../ports/premises.js'

/** Parts of a file system that are to be free, and bytes below which it is full whatever its size. */
const least = { warn: 0.1, fail: 0.05, bytes: 512 * 1024 ** 2 }

/** Whether a file system is full or nearly (`fail`), or filling up (`warn`). */
export function fullness({ freeBytes, totalBytes }: Space): 'fail' | 'warn' | undefined {
  if (totalBytes <= 0) return undefined
  const part = freeBytes / totalBytes
  if (part < least.fail || freeBytes < Math.min(least.bytes, totalBytes / 4)) return 'fail'
  return part < least.warn ? 'warn' : undefined
}
