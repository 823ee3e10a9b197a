import type { IndexDefinition } from '../../src/domain/contents.js'

/** An index over one field, as its name has it. */
export function indexNamed(name: string): IndexDefinition {
  return { name, key: { [name === '_id_' ? '_id' : name.replace(/_1$/, '')]: 1 }, options: {} }
}
