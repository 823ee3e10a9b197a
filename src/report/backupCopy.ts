import type { CopyResult } from '../procedures/copies/copyBackups.js'
import type { Canvas } from './canvas.js'
import { bytes } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

const words = { copied: 'copied', there: 'there already', failed: 'failed' } as const

/** Each copy: what became of it, where, and how it was checked. */
export function backupCopyScreen({ copies, slices }: CopyResult, canvas: Canvas): string {
  if (copies.length === 0) return 'There is no backup to copy.  ops backup takes one.'
  const { good, bad } = paint(canvas)
  const ofSlices = slices.map(({ target, to, state, because }) => {
    const mark = state === 'failed' ? bad('✗') : good('✔')
    return `${mark} slices of ${visible(target)}  ${visible(to)}  ${words[state]}\n  ${visible(because)}`
  })
  return copies
    .map((copy) => {
      const mark = copy.state === 'failed' ? bad('✗') : good('✔')
      const resumed =
        copy.resumedBytes === 0 ? '' : `, ${bytes(copy.resumedBytes)} of them brought before`
      const amount =
        copy.state === 'copied' ? `  ${bytes(copy.bytes)}${resumed}  ${duration(copy.seconds)}` : ''
      return `${mark} ${copy.id}  ${visible(copy.to)}  ${words[copy.state]}${amount}\n  ${visible(copy.because)}`
    })
    .concat(ofSlices)
    .join('\n')
}
