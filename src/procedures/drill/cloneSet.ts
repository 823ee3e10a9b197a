import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Kit } from '../../domain/kit.js'
import { optionOf } from '../dataFiles/place.js'

const usualPort = '27017'

/** The replica set that the server of a clone is started for, with that one member; nothing where it is started for none. */
export function cloneSet({ services }: ComposeDocument, service: string): Kit['replicaSet'] {
  const command = services[service]?.command ?? []
  const name = optionOf(command, 'replSet')
  if (name === undefined) return undefined
  return { name, members: [`${service}:${optionOf(command, 'port') ?? usualPort}`] }
}
