import type { Leftover } from '../../ports/shelf.js'

/** What to say of something that a killed run left, and what became of it. */
export function sweptText({ file, bytes, fate }: Leftover): string {
  const what = `${file} (${bytes.toString()} bytes)`
  switch (fate) {
    case 'removed':
      return `removed ${what}: an earlier run was cut off while writing it`
    case 'quarantined':
      return `moved to ${what}: an earlier run was cut off before it could be listed`
    case 'trashed':
      return `moved to ${what}: an earlier run was cut off while it moved this backup to the trash`
    case 'erased':
      return `removed ${what}: an earlier run was cut off while it deleted this backup from the trash`
  }
}
