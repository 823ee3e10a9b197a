import { z } from 'zod'
import {
  containerPattern,
  databasePattern,
  namespacePattern,
  servicePattern,
  serverDatabases,
} from './names.js'
import { expectationSchema } from './expectationSchema.js'
import { secretSchema } from './secretSchema.js'
import { tlsSchema } from './tlsSchema.js'

const service = (): z.ZodString =>
  z.string().regex(servicePattern, 'is not the name of a compose service')

/** Shape of one entry of `targets`. */
export function targetSchema() {
  return z.strictObject({
    service: service().describe('The compose service that runs the server').exactOptional(),
    container: z
      .string()
      .regex(containerPattern, 'is not the name of a container')
      .describe('The container that runs the server, by name')
      .exactOptional(),
    uri: secretSchema().describe('Connection string of a server outside Docker').exactOptional(),
    databases: z
      .array(
        z
          .string()
          .regex(databasePattern, 'is not the name of a database')
          .refine((name) => !serverDatabases.includes(name), {
            error: 'admin, config and local belong to the server and are not named here',
          }),
      )
      .describe('Databases that are dumped, restored and compared; empty: all of them')
      .exactOptional(),
    credentials: credentialsSchema().exactOptional(),
    tls: tlsSchema().exactOptional(),
    writers: z
      .array(
        z.strictObject({
          service: service(),
          kind: z
            .enum(['service', 'job'])
            .describe('service: started again after a restore; job: never'),
        }),
      )
      .describe('What writes to the server; stopped before a restore')
      .exactOptional(),
    expectations: z
      .record(z.string().regex(namespacePattern, 'is not DATABASE.COLLECTION'), expectationSchema())
      .describe('DATABASE.COLLECTION to what healthy data looks like')
      .exactOptional(),
    engine: z
      .enum(['auto', 'sidecar', 'exec', 'host'])
      .describe(
        "sidecar: a container of its own, from the server's image; exec: the server's container; host: this machine",
      )
      .exactOptional(),
  })
}

function credentialsSchema() {
  return z
    .strictObject({
      username: secretSchema(),
      password: secretSchema(),
      authSource: z
        .string()
        .regex(/^[A-Za-z0-9$][A-Za-z0-9_$-]{0,62}$/, 'is not the name of a database')
        .describe('The database the user is defined in')
        .exactOptional(),
    })
    .describe('How ops signs in; leave it out where the server asks for nothing')
}
