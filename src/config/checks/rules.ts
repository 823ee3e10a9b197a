import type { Path } from '../problem.js'
import { quote } from '../quote.js'
import type { ConfigFile } from '../schema.js'
import type { SecretText } from '../secretSchema.js'
import { contradictions } from '../expectationRules.js'
import { expectationsFor, ownExpectation } from './expected.js'
import type { CheckFile, CheckFileOf } from './schema.js'

type Complaint = readonly [path: Path, sentence: string]

/** What is wrong with checks whose every part has the right shape. */
export function checkComplaints(file: ConfigFile): readonly Complaint[] {
  const checks = file.checks ?? []
  const names = checks.map(({ name }) => name.toLowerCase())
  return checks.flatMap((check, index): readonly Complaint[] => {
    const path: Path = ['checks', index]
    return [
      ...(names.indexOf(names[index] ?? '') < index
        ? [[[...path, 'name'], `${quote(check.name)} is there twice`] as const]
        : []),
      ...ofKind(path, check, file),
    ]
  })
}

/** Every secret of a check, with its path. */
export function secretsOfCheck(path: Path, check: CheckFile): readonly [Path, SecretText][] {
  if (check.kind === 'http')
    return Object.entries(check.headers ?? {}).map(([name, secret]) => [
      [...path, 'headers', name],
      secret,
    ])
  if (check.kind !== 'freshness' || check.s3 === undefined) return []
  const { accessKeyId, secretAccessKey } = check.s3
  return [
    [[...path, 's3', 'accessKeyId'], accessKeyId],
    [[...path, 's3', 'secretAccessKey'], secretAccessKey],
  ]
}

/** Arguments that everyone who lists processes can see, with their paths. */
export function argumentsOfCheck(path: Path, check: CheckFile): readonly Path[] {
  return check.kind === 'exec' ? check.command.map((_, at) => [...path, 'command', at]) : []
}

function ofKind(path: Path, check: CheckFile, file: ConfigFile): readonly Complaint[] {
  switch (check.kind) {
    case 'http':
      return httpComplaints(path, check)
    case 'exec':
      return [
        ...(check.service !== undefined && check.container !== undefined
          ? [[path, 'must hold service or container, not both'] as const]
          : []),
        ...serviceComplaints(path, check.service, file),
      ]
    case 'log':
      return [...serviceComplaints(path, check.service, file), ...countComplaints(path, check)]
    case 'freshness':
      return freshnessComplaints(path, check, file)
    case 'certificate':
      return certificateComplaints(path, check)
    case 'disk': {
      const { usedPercent, freeBytes } = check
      return [
        ...levelComplaints([...path, 'usedPercent'], usedPercent, 'rising'),
        ...levelComplaints([...path, 'freeBytes'], freeBytes, 'falling'),
      ]
    }
    case 'query':
      return [
        ...targetComplaints(path, check.target, file),
        ...countComplaints(path, check),
        ...(runsScripts(check.filter)
          ? [[[...path, 'filter'], 'must not hold $where, $function or $accumulator'] as const]
          : []),
      ]
    case 'data':
      return dataComplaints(path, check, file)
    case 'tcp':
    case 'systemd':
      return []
  }
}

function httpComplaints(path: Path, check: CheckFileOf<'http'>): readonly Complaint[] {
  const { method, contains, pattern } = check
  if (method !== 'HEAD' || (contains === undefined && pattern === undefined)) return []
  const key = contains === undefined ? 'pattern' : 'contains'
  return [[[...path, key], 'looks into a body, and the answer to HEAD has none']]
}

function freshnessComplaints(
  path: Path,
  { files, s3, documents }: CheckFileOf<'freshness'>,
  file: ConfigFile,
): readonly Complaint[] {
  const given = [files, s3, documents].filter((one) => one !== undefined)
  if (given.length !== 1) return [[path, 'must hold exactly one of files, s3, documents']]
  return documents ? targetComplaints([...path, 'documents'], documents.target, file) : []
}

/** Without anything that is expected, every collection would be read, and nothing judged. */
function dataComplaints(
  path: Path,
  check: CheckFileOf<'data'>,
  file: ConfigFile,
): readonly Complaint[] {
  const own = ownExpectation(check)
  const wrong = [...targetComplaints(path, check.target, file), ...contradictions(path, own)]
  if (wrong.length > 0) return wrong
  const { collection } = check
  if (Object.keys(own).length > 0)
    return collection === undefined ? [[path, 'must name the collection of what it expects']] : []
  const expected = expectationsFor(check, file.targets)
  if (Object.values(expected).some((one) => Object.keys(one).length > 0)) return []
  const where =
    collection === undefined
      ? 'the target has no expectations'
      : `${quote(collection)} has no expectations in its target`
  return [[path, `expects nothing: ${where}, and the check none of its own`]]
}

function certificateComplaints(
  path: Path,
  { host, file, port, serverName, ca, daysLeft }: CheckFileOf<'certificate'>,
): readonly Complaint[] {
  const levels = levelComplaints([...path, 'daysLeft'], daysLeft, 'falling')
  if ((host === undefined) === (file === undefined))
    return [[path, 'must hold exactly one of host, file'], ...levels]
  const network = Object.entries({ port, serverName, ca }).filter(
    ([, value]) => value !== undefined,
  )
  const beside = file === undefined ? [] : network
  return [
    ...beside.map(([key]): Complaint => [[...path, key], 'belongs to a host, and this is a file']),
    ...levels,
  ]
}

function serviceComplaints(
  path: Path,
  service: string | undefined,
  { stack }: ConfigFile,
): readonly Complaint[] {
  if (service === undefined || stack !== undefined) return []
  return [[[...path, 'service'], 'names a compose service, but there is no stack.compose']]
}

function targetComplaints(
  path: Path,
  target: string | undefined,
  { targets }: ConfigFile,
): readonly Complaint[] {
  const known = Object.keys(targets).map(quote).join(', ')
  if (target === undefined)
    return Object.keys(targets).length === 1 ? [] : [[path, `must name its target: ${known}`]]
  if (Object.hasOwn(targets, target)) return []
  return [[[...path, 'target'], `${quote(target)} is no target; there is ${known}`]]
}

function countComplaints(
  path: Path,
  { min, max }: { readonly min?: number; readonly max?: number },
): readonly Complaint[] {
  if (min === undefined && max === undefined) return [[path, 'needs min, max or both']]
  if (min === undefined || max === undefined || min <= max) return []
  return [[[...path, 'min'], 'min is greater than max']]
}

/** What is doubtful must come before what is broken. */
function levelComplaints(
  path: Path,
  levels: { readonly warn?: number; readonly fail?: number } | undefined,
  direction: 'rising' | 'falling',
): readonly Complaint[] {
  if (!levels) return []
  const { warn, fail } = levels
  if (warn === undefined && fail === undefined) return [[path, 'needs warn, fail or both']]
  if (warn === undefined || fail === undefined) return []
  const isBefore = direction === 'rising' ? warn <= fail : warn >= fail
  return isBefore
    ? []
    : [[path, 'would be broken before it is doubtful: warn and fail are exchanged']]
}

/** Scripts run in the server for as long as they like. */
function runsScripts(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  return Object.entries(part).some(
    ([key, value]) => /^\$(where|function|accumulator)$/.test(key) || runsScripts(value),
  )
}
