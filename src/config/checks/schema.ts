import { z } from 'zod'
import { dataSchema, freshnessSchema, querySchema } from './data.js'
import { diskSchema, systemdSchema } from './machine.js'
import { certificateSchema, httpSchema, tcpSchema } from './network.js'
import { execSchema, logSchema } from './stack.js'

/** One entry of `checks` as it is written. */
export type CheckFile = z.output<ReturnType<typeof checksSchema>>[number]

/** An entry of one kind. */
export type CheckFileOf<Kind extends CheckFile['kind']> = Extract<CheckFile, { kind: Kind }>

/** Shape of `checks`: what the operator wants to be looked at beside what ops looks at by itself. */
export function checksSchema() {
  return z
    .array(
      z.discriminatedUnion('kind', [
        httpSchema(),
        tcpSchema(),
        execSchema(),
        logSchema(),
        freshnessSchema(),
        certificateSchema(),
        diskSchema(),
        systemdSchema(),
        querySchema(),
        dataSchema(),
      ]),
    )
    .max(200)
    .describe('Checks of your own, beside the built-in ones')
}
