import { optimeText, secondOf } from '../../../domain/oplog/optime.js'
import { newestMoment } from '../../../domain/oplog/newest.js'
import { historyOf } from '../../../domain/oplog/timelines.js'
import { Failure } from '../../../domain/failure.js'
import type { Target } from '../../../domain/target.js'
import type { MongoSession } from '../../../ports/mongo.js'
import type { World } from '../../../ports/world.js'
import { backupById } from '../../backup/catalog.js'
import { untilPrimary } from '../../dataFiles/backUp.js'
import { prove } from '../../dataFiles/proof.js'
import { findMoment } from '../../moment/findMoment.js'
import { databasesOf } from '../../moment/lookAround.js'
import type { MomentFacts } from '../../moment/momentFacts.js'
import { MomentRun } from '../../moment/momentRun.js'
import type { OplogHold } from '../../moment/oplogHold.js'
import { rehearseMoment } from '../../moment/rehearse.js'
import { basesOn } from '../../oplog/status.js'
import type { StepContext } from '../../plan.js'
import type { Compared } from '../../restore/compare.js'
import type { RestoreFacts } from '../../restore/facts.js'
import { within } from '../../restore/lookAgain.js'
import { RestoreRun } from '../../restore/restoreSteps.js'
import { extras } from '../../restore/selection.js'
import { withSession } from '../../withSession.js'
import { proveServer, type ServerProof } from '../proveServer.js'
import { untilFreshPrimary } from './freshServer.js'
import { withEverything, type Destination, type OpenedWay } from './openWay.js'
import type { CorruptionRequest } from './recovery.js'
import { bringUsersBack, type UsersBack } from './users.js'
import type { Way } from './ways.js'

/** The part of a recovery that brings data back and proves it, whichever way. */
export class CorruptionRun {
  collections: Readonly<Record<string, Pick<Compared, 'documents' | 'expected'>>> | undefined
  users: UsersBack | undefined
  server: ServerProof | undefined
  /** From the first byte brought back until everything was counted. */
  restoreSeconds = 0
  #restore: RestoreRun | MomentRun | undefined
  #began = 0

  constructor(
    /** May become a newer moment, once the last slice was read. */
    public way: OpenedWay,
    private readonly request: CorruptionRequest,
    private readonly destination: Destination,
    private readonly hold: OplogHold,
    private readonly world: World,
  ) {}

  /**
   * The last slice may reach further than what was planned: then that is what comes back. Throws `OPLOG_NOT_REACHED` (failed)
   * where it could not be read, and another way, which was left for it, loses less.
   */
  async reachFurther(ways: readonly Way[], context: StepContext): Promise<void> {
    await this.hold.lastSlice(this.request.compression, context)
    const further = await this.#further(context)
    if (further) this.way = further
    const at = this.way.at.getTime()
    const copies = ways.filter(({ kind }) => kind === 'data files')
    const better = copies.find((one) => Math.floor(one.at.getTime() / 1000) > Math.floor(at / 1000))
    if (better) throw notReached(this.request.target, better)
    context.detail(`what comes back is as of ${this.way.at.toISOString()}`)
  }

  async #further(context: StepContext): Promise<OpenedWay | undefined> {
    const { way, world } = this
    const { target } = this.request
    try {
      const holdings = await world.slices(target).holdings()
      const bases = await basesOn(world.shelf(target))
      const wanted = newestMoment(historyOf({ ...holdings, bases }))
      const at = wanted && secondOf(wanted.until)
      if (!at || at.getTime() < way.at.getTime()) return undefined
      const moment = await findMoment(wanted, withEverything(target), world)
      const expected = await rehearseMoment(moment, world, context.signal)
      const { source } = moment
      const entry = await backupById(source.name, target, world.shelf(target))
      return { kind: 'moment', entry, wanted, at, source, moment, expected }
    } catch (error) {
      context.signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      context.warn(`the newest moments cannot be brought back: ${error.message}`)
      return undefined
    }
  }

  /** Waits for the server on what lies in its data folder now. */
  async up(context: StepContext): Promise<MongoSession> {
    this.#began = this.world.clock.elapsed()
    const { target, scene } = this.destination
    if (this.way.kind === 'data files') return untilPrimary(target, this.world, context.signal)
    const member = scene.live?.storage.members[0]
    const fresh = {
      target,
      container: scene.container,
      ...(member === undefined ? {} : { member }),
    }
    return untilFreshPrimary(fresh, this.world, context)
  }

  /** Restores everything that the archive holds, slices behind it included. */
  async bringBack(context: StepContext): Promise<void> {
    const { way, world, request } = this
    if (way.kind === 'data files') return
    const target = withEverything(request.target)
    const bytes = way.source.contents.rawBytes
    const { tools } = await world.tools.choose(target, { kind: 'restore', bytes })
    await this.hold.endTimeline(context)
    const facts = await withSession(target, world, context.signal, (session) =>
      this.#facts(way, session),
    )
    if ('moment' in facts) {
      const run = new MomentRun(facts, tools, this.hold, world)
      this.#restore = run
      await run.feed(context)
    } else {
      const run = new RestoreRun(facts, tools, world)
      this.#restore = run
      await run.feed(context)
      await run.dropSurplus(context)
    }
    this.users = await bringUsersBack({ source: way.source, target, tools }, world, context)
  }

  /** Counts every collection and holds it against what came back; then the server has to write, durably. */
  async prove(context: StepContext): Promise<void> {
    const { way, world, request } = this
    if (way.kind === 'data files') {
      await this.hold.endTimeline(context)
      const { manifest } = way.source
      const { collections } = await withSession(request.target, world, context.signal, (session) =>
        prove(manifest, session, context),
      )
      this.collections = collections
    } else {
      await this.#restore?.prove(context)
      this.collections = this.#restore?.comparison?.collections
    }
    this.restoreSeconds = Math.round(world.clock.elapsed() - this.#began) / 1000
    const { target, timeoutSeconds } = request
    this.server = await proveServer({ target, timeoutSeconds, wasWell: false }, world, context)
  }

  async #facts(
    way: Exclude<OpenedWay, { kind: 'data files' }>,
    session: MongoSession,
  ): Promise<RestoreFacts | MomentFacts> {
    const { request } = this
    const target = withEverything(request.target)
    const { source } = way
    const server = await session.server()
    const { compression, signal } = request
    const part = { target, safetyBackup: false, allowVersionMismatch: false, compression }
    const common = {
      request: { ...part, wanted: { kind: 'id', id: source.name }, choice: {} },
      source,
      server,
      writers: { stop: [], start: [] },
      passedOver: [],
    } as const
    if (way.kind === 'archive') {
      const { selection } = way
      const live = within(await session.namespaces(selection.databases, 'roughly'), { selection })
      return { ...common, selection, live, surplus: extras(live, selection) }
    }
    const { moment, expected } = way
    const there = await session.databases()
    const databases = databasesOf({ target }, moment, Object.keys(expected.catalogue), there)
    const live = await session.namespaces(databases, 'roughly')
    const wanted = way.wanted ?? { until: moment.until, text: optimeText(moment.until) }
    const restore = { ...common, selection: { databases, namespaces: {} }, live, surplus: [] }
    return { request: { ...part, wanted, signal }, moment, expected, restore, rate: 1 }
  }
}

function notReached({ name }: Target, { entry: { manifest }, at }: Way): Failure {
  return new Failure(
    'failed',
    'OPLOG_NOT_REACHED',
    `what the server of "${name}" still has of its oplog could not be had, and ${manifest.id}, as of ${at.toISOString()}, loses less than what is left; no file was touched`,
    [`ops dr corruption --assume-damaged --backup ${manifest.id}`],
  )
}
