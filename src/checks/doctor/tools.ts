import type { Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Tools, ToolVersions } from '../../ports/tools.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'
import { found, type Found } from './machine.js'

/** Which tools would run, and where. */
export interface ToolEvidence {
  readonly engine: string
  readonly because: string
  readonly versions: ToolVersions
}

/** Are mongodump and mongorestore where the target's engine would run them? */
export function toolCheck(target: Target, tools: Tools): Check {
  const id = `tools.${target.name}`
  return check({
    id,
    asks: `MongoDB's tools for ${target.name}`,
    look: () => found(look(target, tools)),
    judge: (evidence) => [judgeTools(id, evidence)],
  })
}

async function look(target: Target, tools: Tools): Promise<ToolEvidence> {
  const chosen = await tools.choose(target)
  return {
    engine: chosen.tools.name,
    because: chosen.because,
    versions: await chosen.tools.versions(target),
  }
}

/** Judges the tools. Those before 100 came with the server and know none of today's. */
export function judgeTools(id: string, evidence: Found<ToolEvidence>): Finding {
  if ('failure' in evidence) {
    const { message, next } = evidence.failure
    return broken(id, 'mongodump or mongorestore is not there', message, next)
  }
  const { engine, because, versions } = evidence.found
  const { mongodump, mongorestore } = versions
  const where = `engine ${engine}: ${because}`
  if (mongodump !== mongorestore)
    return doubtful(
      id,
      `mongodump ${mongodump} and mongorestore ${mongorestore} are of different versions`,
      where,
      ['ops config show'],
    )
  if (Number(mongodump.split('.')[0]) < 100)
    return doubtful(
      id,
      `mongodump ${mongodump} is very old`,
      `${where}; 100 and later are made for today's servers`,
      ['install mongodb-database-tools 100 or later'],
    )
  return fine(id, `mongodump and mongorestore ${mongodump}`, where, mongodump)
}
