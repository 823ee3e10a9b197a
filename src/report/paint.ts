import { Chalk } from 'chalk'
import type { Canvas } from './canvas.js'

/** The four moods a word can be in. Colour is for state words only; everything else is plain. */
export interface Paint {
  readonly good: (text: string) => string
  readonly warning: (text: string) => string
  readonly bad: (text: string) => string
  readonly faint: (text: string) => string
}

/** Paint for a canvas: without colour every mood is plain text. */
export function paint({ color }: Pick<Canvas, 'color'>): Paint {
  const chalk = new Chalk({ level: color ? 1 : 0 })
  return { good: chalk.green, warning: chalk.yellow, bad: chalk.red, faint: chalk.dim }
}
