import { z } from 'zod'
import { fileSchema } from './schema.js'

/** Or anything with a `${` in it. */
const reference = '|\\$\\{'

/** The shape of `ops.yaml` as a JSON schema, for completion in editors; ends with a line break. */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(fileSchema(), {
    override: ({ jsonSchema }) => {
      // What ${…} fills in is checked after it is filled in: an editor must not object to it before.
      const { pattern } = jsonSchema
      if (pattern?.endsWith(reference) === false) jsonSchema.pattern = `(?:${pattern})${reference}`
    },
  })
  return `${JSON.stringify({ ...schema, title: 'ops.yaml' }, undefined, 2)}\n`
}
