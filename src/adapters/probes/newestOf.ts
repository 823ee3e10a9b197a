import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { newestObject } from '../copies/s3Newest.js'
import { newestFile } from './newestFile.js'
import { targetNamed, type ServerWorld } from './askServer.js'

type Facts = FactsOf['freshness']

/** When the newest of files, objects or documents came. Throws what looking at each of them throws. */
export async function newestOf(
  of: ProbeOf['freshness'],
  world: ServerWorld,
  signal: AbortSignal,
): Promise<Facts> {
  switch (of.kind) {
    case 'files':
      return newestFile(of.glob, signal)
    case 'objects': {
      const { found, newest } = await newestObject(of.bucket, world.secrets, signal)
      return facts(found, newest)
    }
    case 'documents': {
      const target = targetNamed(of.target, world)
      const { newestDate } = await import('../mongo/inquiries.js')
      const newest = await newestDate({ ...of, target }, world, signal)
      return facts(newest ? 1 : 0, newest ?? undefined)
    }
  }
}

function facts(found: number, newest: Date | undefined): Facts {
  return { found, unseen: 0, newest: newest?.toISOString() ?? null }
}
