import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Drill } from '../../domain/drill.js'
import type { Drills } from '../../ports/drills.js'
import { isMissing, makeFolder, writeDurably } from '../disk/durable.js'
import { stateFailure } from './stateFailure.js'

/** Drills as JSON files below the state folder, one each; a file that is no drill stops none of the others. */
export function fileDrills(stateFolder: string): Drills {
  const folder = join(stateFolder, 'drills')
  return {
    async save(drill) {
      const path = join(folder, `${drill.id}.json`)
      try {
        await makeFolder(folder)
        await writeDurably(path, `${JSON.stringify(drill, undefined, 1)}\n`)
      } catch (error) {
        throw stateFailure(folder, error)
      }
      return path
    },

    async list() {
      try {
        const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
        const drills = await Promise.all(names.map((name) => readDrill(join(folder, name))))
        return drills
          .filter((drill) => drill !== undefined)
          .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))
      } catch (error) {
        if (isMissing(error)) return []
        throw stateFailure(folder, error)
      }
    },
  }
}

async function readDrill(path: string): Promise<Drill | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    const parsed: unknown = JSON.parse(text)
    return isDrill(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const texts = ['id', 'scenario', 'target', 'startedAt', 'finishedAt', 'outcome'] as const

function isDrill(parsed: unknown): parsed is Drill {
  if (typeof parsed !== 'object' || parsed === null) return false
  const fields = parsed as Record<string, unknown>
  return fields['schema'] === 1 && texts.every((name) => typeof fields[name] === 'string')
}
