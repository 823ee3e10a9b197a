import {
  forecast,
  forecastText,
  prolonged,
  type Forecast,
  type Measured,
} from '../domain/forecast.js'
import { Failure } from '../domain/failure.js'
import type { Receipt } from '../domain/receipt.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'

/** Who knows what recoveries took so far. */
export type ForecastWorld = Pick<World, 'drills' | 'receipts' | 'shelf' | 'objectives'>

/**
 * How long a recovery of so many uncompressed bytes will probably take, as a line of a plan. `restore` goes by trial restores,
 * by how long drills took to fill their clones, and by restores that were done; a scenario by its drills alone, because most
 * of it is not restoring. `besides`: seconds of what is to be done beyond that, as replaying an oplog. Never throws a `Failure`: what cannot be told keeps nobody from recovering.
 */
export async function forecastFact(
  kind: string,
  target: Target,
  bytes: number,
  world: ForecastWorld,
  besides = 0,
): Promise<readonly [label: string, text: string]> {
  try {
    const found =
      kind === 'restore'
        ? await restoreForecast(target, bytes, world, besides)
        : prolonged(forecast(await drilled(kind, target, world), bytes), besides)
    return ['Duration', forecastText(found, world.objectives.rtoSeconds)]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ['Duration', `not known: ${error.message}`]
  }
}

/** How long a restore of so many uncompressed bytes will probably take; nothing where none of comparable size was measured. */
export async function restoreForecast(
  target: Target,
  bytes: number,
  world: Omit<ForecastWorld, 'objectives'>,
  besides = 0,
): Promise<Forecast | undefined> {
  return prolonged(forecast(await restores(target, world), bytes), besides)
}

/** The same for a scenario and the newest backup of a target, whatever is to be recovered. */
export async function drilledFact(
  scenario: string,
  target: Target,
  world: ForecastWorld,
): Promise<readonly [label: string, text: string]> {
  const newest = await world
    .shelf(target)
    .catalog()
    .then(({ entries: [first] }) => first?.manifest.rawBytes ?? 0)
    .catch((error: unknown) => {
      if (error instanceof Failure) return 0
      throw error
    })
  return forecastFact(scenario, target, newest, world)
}

async function drilled(
  scenario: string,
  { name }: Target,
  { drills }: ForecastWorld,
): Promise<readonly Measured[]> {
  return (await drills.list())
    .filter((drill) => drill.scenario === scenario && drill.target === name)
    .map((drill) => ({
      at: drill.startedAt,
      seconds: drill.rtoSeconds ?? NaN,
      bytes: drill.rawBytes,
    }))
}

async function restores(
  target: Target,
  world: Omit<ForecastWorld, 'objectives'>,
): Promise<readonly Measured[]> {
  const entries = await world.shelf(target).list()
  const sizes = new Map(entries.map(({ manifest }) => [manifest.id, manifest.rawBytes]))
  const trials = entries.flatMap(({ manifest: { tested, rawBytes } }) =>
    tested ? [{ at: tested.at, seconds: tested.seconds, bytes: rawBytes }] : [],
  )
  const fills = (await world.drills.list())
    .filter((drill) => drill.target === target.name)
    .map((drill) => ({
      at: drill.startedAt,
      seconds: drill.fillSeconds ?? NaN,
      bytes: drill.rawBytes,
    }))
  const done = (await world.receipts.list()).flatMap((receipt) =>
    receipt.target === target.name ? restored(receipt, sizes) : [],
  )
  return [...trials, ...fills, ...done]
}

/** A whole restore from a backup that is still there, safety backup and all. */
function restored(receipt: Receipt, sizes: ReadonlyMap<string, number>): readonly Measured[] {
  const { command, state, startedAt, finishedAt, proof, touched } = receipt
  const bytes = sizes.get(String(proof?.['source']))
  const whole = command === 'restore' && state === 'done' && touched?.collection === undefined
  if (!whole || finishedAt === undefined || bytes === undefined || proof?.['moment'] !== undefined)
    return []
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return [{ at: startedAt, seconds, bytes }]
}
