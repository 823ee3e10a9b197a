import type { Finding } from '../../domain/finding.js'
import type { TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine } from './finding.js'
import { seen } from './look.js'
import { isExposed } from './reach.js'

type Seen = Pick<
  TargetEvidence,
  'name' | 'rights' | 'strangers' | 'applications' | 'container' | 'wire'
>

/**
 * Does the server refuse who does not sign in? A sign-in that works proves nothing: without authorization it works too.
 * No finding where ops itself signs in as nobody: that of the sign-in tells.
 */
export function judgeStrangers(target: Seen): readonly Finding[] {
  const { name, rights, strangers } = target
  const id = `${name}.strangers`
  if (!strangers || seen(rights)?.authenticated === false) return []
  if (strangers.state !== 'seen')
    return [blind(id, 'whether the server refuses who does not sign in', strangers)]
  if (!strangers.facts) return [fine(id, 'who does not sign in is refused')]
  const exposed = isExposed(target)
  const words = {
    says: 'the server answers everybody, though ops.yaml has a password',
    because: exposed
      ? 'authorization is not switched on: whoever reaches it from another machine reads and changes everything'
      : 'authorization is not switched on: whoever reaches its port reads and changes everything',
    next: [
      'mongod --auth   (with --keyFile in a replica set: https://www.mongodb.com/docs/manual/tutorial/enable-authentication/)',
    ],
  }
  return [exposed ? broken(id, words) : doubtful(id, words)]
}

/** Has the user that ops signs in as more rights than its work takes? Where nobody signs in there is none. */
export function judgeAccount({
  name,
  rights,
}: Pick<TargetEvidence, 'name' | 'rights'>): readonly Finding[] {
  const id = `${name}.account`
  if (rights.state !== 'seen') return [blind(id, 'what the user of ops may do', rights)]
  const { authenticated, mayDoEverything } = rights.facts
  if (!authenticated) return []
  if (!mayDoEverything) return [fine(id, 'the user that ops signs in as may not do everything')]
  return [
    doubtful(id, {
      says: 'ops signs in as a user that may do everything',
      because:
        'whoever comes by its password owns the server with its users; backups and restores take much less',
      next: [`ops doctor --roles --target ${name}   (prints users with fewer rights, for mongosh)`],
    }),
  ]
}

/** Do services of the stack sign in to the database as its administrator? */
export function judgeApplications({
  name,
  applications,
}: Pick<TargetEvidence, 'name' | 'applications'>): readonly Finding[] {
  const id = `${name}.applications`
  if (!applications) return []
  if (applications.state !== 'seen')
    return [blind(id, 'how the services of the stack sign in', applications)]
  const { services, administrators, databases } = applications.facts
  if (administrators === 0) return []
  if (services.length === 0)
    return [fine(id, 'no service of the stack has a connection string of the administrator')]
  const one = services.length === 1
  const roles = databases.map((db) => `{role: "readWrite", db: ${JSON.stringify(db)}}`).join(', ')
  return [
    doubtful(id, {
      says: `${services.join(', ')} ${one ? 'signs' : 'sign'} in to the database as its administrator`,
      because: `whoever breaks into ${one ? 'that service' : 'one of them'} owns every database of the server, and its users`,
      next: [
        `db.getSiblingDB("admin").createUser({user: "application", pwd: passwordPrompt(), roles: [${roles || '{role: "readWrite", db: "DATABASE"}'}]})   (in mongosh, as an administrator; then in its connection string)`,
      ],
      value: services,
    }),
  ]
}
