import { argumentsOfCheck, checkComplaints, secretsOfCheck } from './checks/rules.js'
import type { CheckFile } from './checks/schema.js'
import type { CopyFile } from './copiesSchema.js'
import type { Places } from './places.js'
import type { Path, Problem } from './problem.js'
import { quote } from './quote.js'
import type { ConfigFile, TargetFile } from './schema.js'
import { scheduleComplaints } from './scheduleRules.js'
import type { SecretText } from './secretSchema.js'
import { symptomComplaints } from './symptoms.js'
import { contradictions, repeated } from './expectationRules.js'
import { isConnectionString, namesUser } from './secrets.js'

type Complaint = readonly [path: Path, sentence: string]

/** What is wrong with a file whose every part has the right shape: parts that contradict each other. */
export function brokenRules(file: ConfigFile, places: Places): readonly Problem[] {
  const complaints: readonly Complaint[] = [
    ...Object.entries(file.targets).flatMap(([name, target]) =>
      targetComplaints(['targets', name], target, file, places),
    ),
    ...namesThatCollide(Object.keys(file.targets)),
    ...encryptionComplaints(file, places),
    ...placesComplaints(file.backup?.copies ?? [], file, places),
    ...scheduleComplaints(file),
    ...checkComplaints(file),
    ...symptomComplaints(file),
    ...(file.checks ?? []).flatMap((check, index) =>
      exposedByCheck(['checks', index], check, file, places),
    ),
    ...secretComplaints(
      ['notify', 'deadman', 'url'],
      file.notify?.deadman?.url ?? '',
      file,
      places,
    ),
  ]
  return complaints.map(([path, sentence]) => ({
    path,
    position: places.valuePosition(path),
    sentence,
  }))
}

function targetComplaints(
  path: Path,
  target: TargetFile,
  file: ConfigFile,
  places: Places,
): Complaint[] {
  return [
    ...placeComplaints(path, target, file),
    ...writerComplaints(path, target, file),
    ...secretsOf(path, target).flatMap(([at, secret]) =>
      secretComplaints(at, secret, file, places),
    ),
    ...repeated([...path, 'databases'], target.databases ?? []),
    ...expectationComplaints(path, target),
  ]
}

function placeComplaints(path: Path, target: TargetFile, file: ConfigFile): Complaint[] {
  const given = [target.service, target.container, target.uri].filter((one) => one !== undefined)
  if (given.length !== 1) return [[path, 'must hold exactly one of service, container, uri']]
  if (target.service !== undefined && file.stack === undefined) {
    return [[[...path, 'service'], 'names a compose service, but there is no stack.compose']]
  }
  if (target.uri === undefined) return []

  const complaints: Complaint[] = []
  if (target.engine === 'exec' || target.engine === 'sidecar') {
    complaints.push([
      [...path, 'engine'],
      `${target.engine} needs a container, and this target has a uri`,
    ])
  }
  if (target.tls !== undefined) {
    complaints.push([[...path, 'tls'], 'is for servers in containers: a uri says it by itself'])
  }
  if (typeof target.uri === 'string') {
    if (!isConnectionString(target.uri)) {
      complaints.push([[...path, 'uri'], 'must start with mongodb:// or mongodb+srv://'])
    }
    if (namesUser(target.uri) && target.credentials !== undefined) {
      complaints.push([
        [...path, 'credentials'],
        'the uri already says who signs in: keep one of the two',
      ])
    }
  }
  return complaints
}

function writerComplaints(path: Path, target: TargetFile, file: ConfigFile): Complaint[] {
  const writers = target.writers ?? []
  const services = writers.map((writer) => writer.service)
  const own = services.indexOf(target.service ?? '')
  return [
    ...(writers.length > 0 && file.stack === undefined
      ? [[[...path, 'writers'], 'are compose services, but there is no stack.compose'] as const]
      : []),
    ...(own >= 0
      ? [
          [
            [...path, 'writers', own],
            'is the database itself, which must run during a restore',
          ] as const,
        ]
      : []),
    ...repeated([...path, 'writers'], services),
  ]
}

function secretsOf(path: Path, target: TargetFile): [Path, SecretText][] {
  const secrets: [Path, SecretText | undefined][] = [
    [[...path, 'uri'], target.uri],
    [[...path, 'credentials', 'username'], target.credentials?.username],
    [[...path, 'credentials', 'password'], target.credentials?.password],
  ]
  return secrets.flatMap(([at, secret]) => (secret === undefined ? [] : [[at, secret]]))
}

function secretComplaints(
  at: Path,
  secret: SecretText,
  file: ConfigFile,
  places: Places,
): Complaint[] {
  if (typeof secret === 'string') return []
  if (secret.compose !== undefined && file.stack === undefined) {
    return [[at, 'asks the compose file, but there is no stack.compose']]
  }
  const given = (secret.command ?? []).map((_, index): Path => [...at, 'command', index])
  return filledIn(given, places)
}

function filledIn(given: readonly Path[], places: Places): Complaint[] {
  return given
    .filter((argument) => (places.get(argument)?.variables.length ?? 0) > 0)
    .map((argument) => [argument, noReference])
}

function exposedByCheck(
  path: Path,
  check: CheckFile,
  file: ConfigFile,
  places: Places,
): Complaint[] {
  return [
    ...filledIn(argumentsOfCheck(path, check), places),
    ...secretsOfCheck(path, check).flatMap(([at, secret]) =>
      secretComplaints(at, secret, file, places),
    ),
  ]
}

function encryptionComplaints(file: ConfigFile, places: Places): Complaint[] {
  const path = ['backup', 'encryption']
  const { recipients = [], identities = [] } = file.backup?.encryption ?? {}
  return [
    ...repeated([...path, 'recipients'], recipients),
    ...identities.flatMap((identity, index) =>
      secretComplaints([...path, 'identities', index], identity, file, places),
    ),
  ]
}

/** What is filled in here would be seen by everyone who lists processes. */
const noReference =
  'must not hold ${…}: its value would show in the list of processes. The command has the environment anyway'

function expectationComplaints(path: Path, target: TargetFile): Complaint[] {
  const databases = target.databases ?? []
  return Object.entries(target.expectations ?? {}).flatMap(([namespace, expected]): Complaint[] => {
    const at = [...path, 'expectations', namespace]
    const database = namespace.slice(0, namespace.indexOf('.'))
    return [
      ...contradictions(at, expected),
      ...(databases.length > 0 && !databases.includes(database)
        ? [[at, `${quote(database)} is not one of the databases of this target`] as const]
        : []),
    ]
  })
}

/** A file system that does not tell upper from lower case would put two targets into one folder. */
function namesThatCollide(names: readonly string[]): Complaint[] {
  const lower = names.map((name) => name.toLowerCase())
  return names.flatMap((name, index): Complaint[] =>
    lower.indexOf(lower[index] ?? '') < index
      ? [[['targets', name], 'differs from another target by upper and lower case only']]
      : [],
  )
}

function placesComplaints(
  copies: readonly CopyFile[],
  file: ConfigFile,
  places: Places,
): Complaint[] {
  const at: Path = ['backup', 'copies']
  return [
    ...repeated(
      at,
      copies.map(({ name }) => name),
    ),
    ...copies.flatMap((copy, index) =>
      copy.type === 's3'
        ? (['accessKeyId', 'secretAccessKey'] as const).flatMap((key) =>
            secretComplaints([...at, index, key], copy[key], file, places),
          )
        : [],
    ),
  ]
}
