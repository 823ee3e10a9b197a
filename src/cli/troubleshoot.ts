import { look } from '../checks/doctor/look.js'
import { checksOf, nameOf } from '../checks/troubleshoot/declared.js'
import type { Fix } from '../checks/troubleshoot/fix.js'
import type { Found } from '../checks/troubleshoot/found.js'
import { judgeTroubles, type Troubles } from '../checks/troubleshoot/judge.js'
import type { ConfigReading } from '../config/config.js'
import { pathPattern } from '../config/names.js'
import { Failure } from '../domain/failure.js'
import type { HealthFinding } from '../domain/health.js'
import { quoted } from '../domain/quoted.js'
import { isBuiltIn, type SymptomName } from '../domain/symptoms.js'
import type { Target } from '../domain/target.js'
import type { Fixed, FixRequest } from '../procedures/troubleshoot/fixTrouble.js'
import { lookForTroubles } from '../procedures/troubleshoot/look.js'
import type { TroubleshootRequest, TroubleshootWorld } from '../procedures/troubleshoot/request.js'

/** What `ops troubleshoot` was asked for. */
export interface TroubleshootAsked {
  readonly symptom: SymptomName | undefined
  readonly targets: readonly Target[]
  /** Collection (`database.collection`) and fields that are to be unique in it. */
  readonly collection: string | undefined
  readonly by: string | undefined
  readonly reading: ConfigReading
  readonly signal: AbortSignal
  /** Runs checks of `ops health`; those that symptoms of the operator are told by. */
  readonly check: (wanted: readonly string[]) => Promise<readonly HealthFinding[]>
}

/** What was put right, and what still applies. */
export interface TroubleFixed extends Troubles {
  readonly fixed: Fixed
}

/** Seconds after which checks that symptoms of the operator are told by are given up: they have deadlines of their own before. */
const checkPatience = 90

/**
 * Looks at everything that a symptom is told by, and judges it. Changes nothing. Throws `USAGE` (usage) for a collection without its
 * database, and the signal's reason.
 */
export async function findTroubles(
  asked: TroubleshootAsked,
  world: TroubleshootWorld,
): Promise<Troubles> {
  const { symptom, reading, check, signal } = asked
  const request = requestOf(asked)
  const declared = reading.config.symptoms.filter(
    (one) => symptom === undefined || nameOf(one) === symptom,
  )
  const watch = { clock: world.clock, signal }
  const [evidence, checks] = await Promise.all([
    lookForTroubles(request, world),
    declared.length === 0 ? undefined : look(watch, checkPatience, () => check(checksOf(declared))),
  ])
  return judgeTroubles({ ...evidence, ...(checks ? { declared, checks } : {}) }, symptom)
}

function requestOf(asked: TroubleshootAsked): TroubleshootRequest {
  const { symptom, targets, collection, by, reading, signal } = asked
  const { objectives, pitr } = reading.config
  return {
    targets,
    signal,
    backupAgeSeconds: objectives.backupAgeSeconds,
    everySeconds: pitr.everySeconds,
    ...(symptom !== undefined && isBuiltIn(symptom) ? { symptom } : {}),
    ...twiceIn(collection, by, symptom),
  }
}

function twiceIn(
  collection: string | undefined,
  by: string | undefined,
  symptom: SymptomName | undefined,
): Pick<TroubleshootRequest, 'twice'> {
  if (collection === undefined && by === undefined) return {}
  const wrong = (message: string) =>
    new Failure('usage', 'USAGE', message, ['ops troubleshoot --help'])
  if (symptom !== 'duplicates') throw wrong('--collection and --by go with "duplicates"')
  if (collection === undefined) throw wrong('--by goes with --collection')
  if (!/^[^.]+\..+$/.test(collection)) throw wrong('--collection wants DATABASE.COLLECTION')
  const fields = by === undefined ? [] : by.split(',').map((field) => field.trim())
  // A part that a shell made empty would widen the key, and what has the same key may be removed.
  if (!fields.every((field) => pathPattern.test(field)))
    throw wrong('--by wants FIELD, or FIELD,FIELD: each the path of a field')
  return { twice: { namespace: collection, fields } }
}

/**
 * Whether a fix may be chosen. Where nobody named a symptom: only a start, and that only of what nobody can have stopped on purpose.
 * Anything but bringing a container back only where that very symptom was named.
 */
function isOffered({ symptom, fix }: Found, asked: SymptomName | undefined): boolean {
  if (asked === undefined)
    return fix?.kind === 'service' && fix.cure === 'start' && fix.perhapsMeant !== true
  return fix?.kind === 'service' || symptom === asked
}

/**
 * The most likely finding that ops can do something about. Throws `NOT_FIXABLE` (refused) where something applies and none is, or where
 * a fault that is for people stands before what is only doubtful.
 */
export function fixRequest(
  { symptoms }: Troubles,
  asked: SymptomName | undefined,
  rest: Omit<FixRequest, 'found' | 'fix'>,
): FixRequest | undefined {
  const failing = symptoms.some(({ severity }) => severity === 'fail')
  for (const found of symptoms)
    if (found.fix && isOffered(found, asked) && (found.severity === 'fail' || !failing)) {
      requireOneTarget(found.fix, symptoms)
      return { found, fix: found.fix, ...rest }
    }
  const [first] = symptoms
  if (!first) return undefined
  throw new Failure(
    'refused',
    'NOT_FIXABLE',
    `nothing was done: ${first.says}, and ${whyNot(first, asked)}`,
    [
      ...first.next,
      ...symptoms.flatMap(({ fix, symptom }) =>
        fix && asked === undefined ? [`ops troubleshoot ${symptom} --fix`] : [],
      ),
    ],
    {
      facts: { symptoms: symptoms.map(({ symptom, cause, about }) => ({ symptom, cause, about })) },
    },
  )
}

function whyNot({ fix }: Found, asked: SymptomName | undefined): string {
  if (!fix || asked !== undefined) return 'that is for people to put right'
  return fix.kind === 'service' && fix.perhapsMeant === true
    ? 'somebody may have done that on purpose: it is put right where the symptom is named'
    : 'it is put right where the symptom is named'
}

/** What still applies. Throws `FIX_WITHOUT_EFFECT` (failed) where what was put right is there as before. */
export function afterFix(fixed: Fixed, left: Troubles): TroubleFixed {
  const isSame = ({ cause, about, fix }: Found) =>
    cause === fixed.cause && about === fixed.about && fix?.title === fixed.title
  const again = left.symptoms.find(isSame)
  if (!again) return { ...left, fixed }
  throw new Failure(
    'failed',
    'FIX_WITHOUT_EFFECT',
    `"${fixed.title}" is done, and it is as before: ${again.says}`,
    again.next,
    { facts: { receipt: fixed.receipt } },
  )
}

/** What removes documents of one target must not be chosen by the order in which targets are looked at. */
function requireOneTarget(fix: Fix, symptoms: readonly Found[]): void {
  if (fix.kind !== 'duplicates') return
  const targets = symptoms.flatMap((one) =>
    one.fix?.kind === 'duplicates' ? [one.fix.target] : [],
  )
  const [first, ...others] = new Set(targets)
  if (others.length === 0) return
  throw new Failure(
    'usage',
    'TARGET_REQUIRED',
    `documents are there twice in ${targets.length.toString()} places of ${[first, ...others].join(', ')}: which target is meant?`,
    [...new Set(targets)].map((name) => `ops troubleshoot duplicates --target ${quoted(name)}`),
  )
}
