import { cloneDocument, mountsLeftOut, servicesOfClone } from '../../domain/cloneDocument.js'
import { previousDrill, type Drill } from '../../domain/drill.js'
import { Failure } from '../../domain/failure.js'
import { secondOf } from '../../domain/oplog/optime.js'
import { inUnit } from '../../domain/forecast.js'
import { latestBackup } from '../backup/catalog.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { forecastFact } from '../forecastFact.js'
import { jobsOf } from '../stack/project.js'
import { clonedTarget, requireService } from './clonedTarget.js'
import type { DrillFacts } from './drillFacts.js'
import { elsewhere, type Elsewhere } from './elsewhere.js'
import { drillNotMade } from './drillFailure.js'
import { DrillRun } from './drillRun.js'
import { isProtected, writeSecondsOf, type DrillRequest, type DrillWorld } from './drillRequest.js'
import { newerThan } from './newerThan.js'
import { requireRoom, roomNeeded } from './room.js'

/** What `ops dr drill` answers of each scenario. */
export interface DrillResult extends Drill {
  /** Where it is kept. */
  readonly file: string
  /** The newest drill of this scenario before; absent for the first one. */
  readonly previous?: Drill
}

/** The lock that keeps two drills of one machine apart: each would spoil what the other measures. */
const drillLock = 'ops.drill'

/**
 * Carries a disaster out on an isolated clone of the stack, filled from the newest good backup, brings it back with the very
 * procedure that the scenario is of, and measures how long that took and what was lost. The real stack is not touched, its shelf,
 * records and locks stay as they are. Throws `DRILL_NO_SERVICE` (refused), `DRILL_IMAGE_MISSING` (environment),
 * `DRILL_NO_ROOM` (space), `NO_BACKUP`, `DRILL_NOT_COPIED` (not-found), `NO_SOUND_BACKUP` (integrity); `DRILL_NOT_MADE` (of the kind
 * of what kept the clone from being made), and from filling on `DRILL_DATA_WRONG` (integrity),
 * `DRILL_FAILED` (failed).
 */
export const drill: Procedure<DrillRequest, DrillResult, DrillWorld> = {
  id: 'dr drill',
  summary: 'carry a disaster out on an isolated clone, and measure its recovery',

  async plan(request, world) {
    return planned(await lookAround(request, world), world)
  },
}

async function lookAround(request: DrillRequest, world: DrillWorld): Promise<DrillFacts> {
  const { target, targets, scenario, signal } = request
  const { laboratory, stack } = world
  if (!stack) {
    throw new Failure(
      'usage',
      'STACK_MISSING',
      'ops.yaml has no stack: there is nothing to clone',
      ['ops init', 'ops backup test-restore'],
    )
  }
  const real = await laboratory.document(stack)
  const service = requireService(target, real)
  const without = jobsOf(stack, targets)
  const services = request.everything ? Object.keys(real.services) : [service]
  const { project, labels } = await laboratory.name(target)
  const wish = { project, labels, services, without }
  const document = cloneDocument(real, wish)
  const newest = await latestBackup(target, world.shelf(target))
  const { entry, place, reaches, notes }: Elsewhere =
    scenario.fromPlace === true
      ? await elsewhere(target, newest, world, signal)
      : { entry: newest, notes: [] }
  const { rawBytes, takenAt, consistentAt = takenAt } = entry.manifest
  const asOf = reaches ? secondOf(reaches.until).getTime() : Date.parse(consistentAt)
  for (const { image = '' } of Object.values(document.services))
    if (!(await world.engine.image(image))) throw imageMissing(image)
  const needed = roomNeeded(rawBytes, scenario.copies, document)
  const image = await world.engine.image(document.services[service]?.image ?? '')
  const room = await laboratory.room(target, image?.id ?? '', signal)
  requireRoom(needed, room)
  return {
    request,
    service,
    services: servicesOfClone(real, wish),
    document,
    wish,
    target: await clonedTarget(target, service, document, world),
    entry,
    ...(place ? { place } : {}),
    ...(reaches ? { reaches } : {}),
    ageSeconds: Math.max(0, (world.clock.now().getTime() - asOf) / 1000),
    needed,
    room,
    newer: [...notes, ...(await newerThan(newest, world.shelf(target)))],
    leftOut: mountsLeftOut(real, wish),
    drills: await world.drills.list(),
    forecast: await forecastFact(scenario.name, target, rawBytes, world),
  }
}

function imageMissing(image: string): Failure {
  return new Failure(
    'environment',
    'DRILL_IMAGE_MISSING',
    `the image ${image} is not on this engine, and a drill fetches none`,
    [`docker pull ${image}`, 'ops stack up'],
  )
}

function planned(facts: DrillFacts, world: DrillWorld): Plan<DrillResult> {
  const { request, entry, services, newer, leftOut, needed } = facts
  const { scenario, target, objectives } = request
  const run = new DrillRun(facts, world)
  const gib = (needed.bytes / 1024 ** 3).toFixed(1)
  return {
    command: 'dr drill',
    target: target.name,
    title: `drill ${scenario.name}: ${scenario.summary}`,
    facts: [
      ['Clone', `${services.join(', ')}: own project, own volumes, a network that leads nowhere`],
      [
        'Data',
        `${entry.manifest.id}, taken ${entry.manifest.takenAt}${facts.reaches ? `, and slices to ${secondOf(facts.reaches.until).toISOString()}` : ''}`,
      ],
      ...(scenario.fromPlace === true
        ? [['Comes back from', facts.place?.where ?? 'a copy that is made for the drill'] as const]
        : []),
      ['Room', `${gib} GiB of disk, ${(needed.memoryBytes / 1024 ** 3).toFixed(1)} GiB of memory`],
      [
        'Writes',
        `for ${writeSecondsOf(request).toString()} s before each disaster, each confirmed`,
      ],
      [
        'Objective',
        `back within ${inUnit(objectives.rtoSeconds)} (guide: ${inUnit(scenario.guideSeconds)}), at most ${inUnit(objectives.rpoSeconds)} of writes lost`,
      ],
      facts.forecast,
      ['Real stack', 'not touched: neither its containers nor its backups, records and locks'],
    ],
    warnings: [...newer, ...leftOut],
    loses: [],
    holds: 'lock',
    locks: [drillLock],
    steps: steps(run, facts),
    result: () => {
      const { drill: done, file } = run.recorded
      const previous = previousDrill(facts.drills, done)
      return { ...done, file, ...(previous ? { previous } : {}) }
    },
  }
}

function steps(run: DrillRun, { request, entry, place }: DrillFacts): readonly Step[] {
  const { scenario } = request
  return [
    {
      title: 'Make the clone',
      effect: 'reads',
      run: run.recovering((context) => run.make(context), drillNotMade),
      undo: () => run.remove(),
    },
    {
      title: `Fill it from ${entry.manifest.id}`,
      effect: 'reads',
      run: (context) => run.fill(context),
    },
    ...(scenario.fromPlace === true && !place
      ? [
          {
            title: 'Put a copy at a place of its own',
            effect: 'reads' as const,
            run: run.recovering((context) => run.copyAway(context)),
          },
        ]
      : []),
    ...(isProtected(request)
      ? [
          {
            title: 'Protect it as the real one is: a base, and slices of its oplog from now on',
            effect: 'reads' as const,
            run: run.recovering((context) => run.protect(context)),
          },
        ]
      : []),
    ...scenario.strikes.flatMap((strike, at): Step[] => [
      {
        title: `Write, until ${strike.what(run.service)}`,
        effect: 'reads',
        run: run.recovering((context) => run.strike(strike, context)),
      },
      {
        title: `Recover as "ops dr ${scenario.name}" does${at === 0 ? '' : `, ${(at + 1).toString()}.`}`,
        effect: 'reads',
        run: run.recovering((context) => run.recover(context)),
      },
      {
        title: `Count what is missing${at === 0 ? '' : `, ${(at + 1).toString()}.`}`,
        effect: 'reads',
        run: run.recovering((context) => run.prove(strike, context)),
      },
    ]),
    { title: 'Record what was measured', effect: 'reads', run: () => run.keep() },
    {
      title: 'Remove the clone',
      effect: 'reads',
      afterwards: true,
      run: () => run.remove(),
    },
  ]
}
