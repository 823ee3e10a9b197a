import type { Canvas } from '../../../src/report/canvas.js'

/** A person's terminal without colour, at a fixed moment. */
export const terminal: Canvas = {
  color: false,
  terminal: true,
  columns: 80,
  now: new Date('2026-11-21T13:02:04Z'),
  timeZone: 'UTC',
}

/** A pipe. */
export const pipe: Canvas = { ...terminal, terminal: false }

/** A terminal with colour. */
export const colorful: Canvas = { ...terminal, color: true }
