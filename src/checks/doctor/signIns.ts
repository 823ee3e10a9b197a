import { hostsIn, readConnectionUri } from '../../domain/connectionUri.js'

/** Variables of a service by their names. */
export type Environment = Readonly<Record<string, string>>

/** A sign-in that a service is given. Holds a secret: it is compared, and told to nobody. */
export interface SignIn {
  readonly username: string
  readonly password?: string
  /** Where it leads; empty where that is not said. */
  readonly hosts: readonly string[]
  /** Whether it says that it is for MongoDB. */
  readonly isMongo: boolean
}

/** Connection strings wherever they stand in a value: alone, in a list, in JSON. */
const connectionStrings = /mongodb(?:\+srv)?:\/\/[^\s"'<>`]+/g

/** `MONGO_USERNAME`, `ME_CONFIG_MONGODB_ADMINUSERNAME`, `mongoUser`: what is before that names the pair. */
const userEnding = /(?:user_?name|user|login)$/i
const passwordEndings = ['password', 'passwd', 'pass', 'pwd']
const hostEnding = /(?:^|_)(?:hosts?|hostname|servers?|address|addr|url|uri)$/

/** Sign-ins in the variables of a service: in connection strings, and in pairs of a user and a password. */
export function signInsOf(variables: Environment): readonly SignIn[] {
  return [...inConnectionStrings(variables), ...inPairs(variables)]
}

function inConnectionStrings(variables: Environment): readonly SignIn[] {
  return Object.values(variables)
    .flatMap((value) => value.match(connectionStrings) ?? [])
    .flatMap((text) => {
      const { username, password, hosts = [] } = readConnectionUri(text) ?? {}
      if (username === undefined) return []
      return [{ username, hosts, isMongo: true, ...(password === undefined ? {} : { password }) }]
    })
}

function inPairs(variables: Environment): readonly SignIn[] {
  const all = new Map(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]))
  return [...all].flatMap(([name, username]) => {
    const stem = userEnding.test(name) ? name.replace(userEnding, '') : undefined
    if (stem === undefined || username === '') return []
    const password = passwordEndings.flatMap((ending) => all.get(`${stem}${ending}`) ?? [])[0]
    const isInFile = passwordEndings.some((ending) => all.has(`${stem}${ending}_file`))
    if (password === undefined && !isInFile) return []
    const family = stem.replace(/(?:initdb_?)?(?:root|admin)_?$/, '')
    const hosts = [...all].flatMap(([other, value]) =>
      isHostOf(family, other) ? hostsIn(value) : [],
    )
    const isMongo = family.includes('mongo')
    return [{ username, hosts, isMongo, ...(password === undefined ? {} : { password }) }]
  })
}

/** Without a word that names the family, the variable has to be a host's alone: others have hosts, too. */
function isHostOf(family: string, name: string): boolean {
  if (!name.startsWith(family)) return false
  const rest = name.slice(family.length)
  return hostEnding.test(rest) && (family !== '' || !rest.includes('_'))
}
