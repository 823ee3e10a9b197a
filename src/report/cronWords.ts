import cronstrue from 'cronstrue'

/** A cron expression in words: `At 02:15, every day`. */
export function cronWords(expression: string): string {
  return cronstrue.toString(expression, { use24HourTimeFormat: true, verbose: true })
}
