import type { Finding } from '../../domain/finding.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Receipts } from '../../ports/receipts.js'
import { check, type Check } from './check.js'
import { doubtful, fine } from './finding.js'

/** Was a procedure cut off half-way? */
export function unfinishedCheck(receipts: Receipts): Check {
  return check({
    id: 'unfinished',
    asks: 'the record of what was done',
    async look() {
      const started = (await receipts.list()).filter(({ state }) => state === 'started')
      const gone = await Promise.all(
        started.map(async (receipt) => ((await receipts.abandoned(receipt)) ? [receipt] : [])),
      )
      return gone.flat()
    },
    judge: judgeUnfinished,
  })
}

/** Judges procedures whose process is gone while their record says that they run. */
export function judgeUnfinished(cutOff: readonly Receipt[]): readonly Finding[] {
  if (cutOff.length === 0) return [fine('unfinished', 'no procedure was cut off half-way')]
  return cutOff.map(({ id, title, startedAt, safetyBackup, command }) =>
    doubtful(
      'unfinished',
      `"${title}" was cut off half-way`,
      `started ${startedAt}, and its process is gone`,
      safetyBackup === undefined ? [`ops ${command}`] : [`ops undo ${id}`],
    ),
  )
}
