import type { Receipt } from '../../../domain/receipt.js'
import type { World } from '../../../ports/world.js'
import type { Earlier } from './leftovers.js'

/**
 * What tells that somebody finished by hand what recoveries had left, and uses it by now: a procedure on its data that went
 * through since, or a service that none of them had begun to start. Nothing where neither is there.
 */
export async function usedSince(
  { receipts, project, targets, services }: Earlier,
  world: Pick<World, 'receipts' | 'engine'>,
): Promise<string | undefined> {
  const begun = receipts.map(({ startedAt }) => startedAt).sort()[0] ?? ''
  for (const receipt of await world.receipts.list()) {
    if (receipt.startedAt < begun || receipt.system) continue
    const concerned = [receipt.target, receipt.containers?.project]
    if (!concerned.some((name) => name === project || targets.includes(name ?? ''))) continue
    if (await wentOn(receipt, world))
      return `"${receipt.title}" of ${receipt.startedAt} came after it`
  }
  if (services === undefined) return undefined
  const others = (await world.engine.containers(project)).filter(
    ({ service, oneOff }) => oneOff !== true && !services.includes(service ?? ''),
  )
  if (others.length === 0) return undefined
  return `${others.map(({ name }) => name).join(', ')} was started since, by somebody else`
}

/** Whether it came to its end, or is still at work. */
async function wentOn(receipt: Receipt, { receipts }: Pick<World, 'receipts'>): Promise<boolean> {
  if (receipt.state === 'started') return !(await receipts.abandoned(receipt))
  return receipt.state === 'done'
}
