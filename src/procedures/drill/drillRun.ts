import type { Drill, DrillStrike } from '../../domain/drill.js'
import { Failure } from '../../domain/failure.js'
import { lossOf, type ConfirmedWrite } from '../../domain/lostWrites.js'
import type { Clone } from '../../ports/laboratory.js'
import { takeBackup } from '../backup/takeBackup.js'
import { initiated } from '../dr/initiated.js'
import { proveServer } from '../dr/proveServer.js'
import { restoreMoment } from '../moment/restoreMoment.js'
import { takeSlices } from '../oplog/takeSlices.js'
import type { StepContext } from '../plan.js'
import { restore } from '../restore/restore.js'
import { withSession } from '../withSession.js'
import { cloneSet } from './cloneSet.js'
import { drillDiffers, drillFailed } from './drillFailure.js'
import { drillRecord } from './drillRecord.js'
import type { DrillFacts } from './drillFacts.js'
import { isProtected, writeSecondsOf, type DrillWorld } from './drillRequest.js'
import { differences, fingerprint, type Fingerprint } from './fingerprint.js'
import { followed } from './followed.js'
import type { Strike, Ward } from './scenario.js'
import { stillWriting } from './stillWriting.js'

/** Where the numbered documents of a drill lie. */
const writesCollection = 'ops_drill_writes'

/** The steps of one drill, and what they hand to each other. */
export class DrillRun {
  readonly startedAt: Date
  readonly strikes: DrillStrike[] = []
  fillSeconds: number | undefined
  #recorded: { readonly drill: Drill; readonly file: string } | undefined
  #clone: Clone | undefined
  /** What is there before the first disaster. */
  before: Fingerprint | undefined
  #confirmed: readonly ConfirmedWrite[] = []
  #disaster = { at: 0, elapsed: 0, back: 0 }
  #written = 0

  constructor(
    private readonly facts: DrillFacts,
    private readonly world: DrillWorld,
  ) {
    this.startedAt = world.clock.now()
  }

  get service(): string {
    return this.facts.service
  }

  /** The drill as it is kept, and the file that it is in. Known once it was recorded. */
  get recorded(): { readonly drill: Drill; readonly file: string } {
    if (!this.#recorded) throw new Error('a drill has a result once it was recorded')
    return this.#recorded
  }

  /** Writes down what was measured, or that the recovery failed. */
  async keep(error?: Failure): Promise<void> {
    const drill = drillRecord(this.facts, this, error, this.world)
    this.#recorded = { drill, file: await this.world.drills.save(drill) }
  }

  /** Removes what killed drills left, then makes an empty clone whose server takes writes. */
  async make(context: StepContext): Promise<void> {
    const { document, request, target, services } = this.facts
    const { laboratory, stack } = this.world
    for (const name of await laboratory.sweep())
      context.warn(`removed ${name}: an earlier drill was cut off before it could`)
    if (!stack) throw new Error('a clone is made of a stack')
    const clone = await laboratory.open(document, stack)
    this.#clone = clone
    const { timeoutSeconds } = request
    const { compose } = clone.world
    await compose.up(clone.stack, services, { timeoutSeconds }, context.detail, context.signal)
    // The databases come with the backup.
    const empty = { ...target, databases: [] }
    // A set that somebody initiated by hand has its configuration in the data, and a clone begins without any.
    const { name, members: [member] = [] } = cloneSet(document, this.service) ?? {}
    const set = { target: empty, patience: timeoutSeconds * 1000, ...(member ? { member } : {}) }
    if (name !== undefined) await initiated({ ...set, name }, clone.world, context)
    await proveServer({ target: empty, timeoutSeconds, wasWell: false }, clone.world, context)
  }

  /** Restores the backup as `ops restore` does. */
  async fill(context: StepContext): Promise<void> {
    await this.recovering(async (watched) => {
      const { request, target, entry } = this.facts
      const clone = this.#made()
      const { world } = clone
      await clone.lend(target, entry, watched.signal)
      const restoring = {
        target,
        wanted: { kind: 'id' as const, id: entry.manifest.id },
        choice: {},
        safetyBackup: false,
        allowVersionMismatch: false,
        compression: request.compression,
      }
      const { seconds } = await followed(restore.plan(restoring, world), world, watched)
      this.fillSeconds = seconds
      await this.#fillOn(watched)
      this.before = await this.#fingerprint(watched)
    })(context)
  }

  /** What lies at the clone's own place is all that the disaster leaves. */
  async copyAway({ signal }: StepContext): Promise<void> {
    const { request, entry } = this.facts
    await this.#made().copyAway(request.target, entry, signal)
  }

  /** A base as `ops backup` takes it, and the first slice behind it. */
  async protect(context: StepContext): Promise<void> {
    const { request, target } = this.facts
    const { world } = this.#made()
    const { compression } = request
    const backup = { target, compression, safety: false }
    const { id } = await followed(takeBackup.plan(backup, world), world, context)
    context.detail(`base ${id}`)
    await this.#slice(context)
  }

  /** Writes for as long as it is to be, with slices where the target has any, and then does it. */
  async strike(strike: Strike, context: StepContext): Promise<void> {
    const { signal, detail } = context
    const { clock } = this.world
    const { target } = this.facts
    const writing = await this.#made().writes.begin(target, this.#place, this.#written + 1, signal)
    try {
      await this.#whileWriting(context)
      await stillWriting(writing, clock, signal)
      this.#disaster = { at: 0, elapsed: clock.elapsed(), back: 0 }
      await strike.inject(this.#ward(), context)
      this.#disaster.at = clock.now().getTime()
    } finally {
      this.#confirmed = await writing.stop()
    }
    // The next number is one that nobody has seen: the last one sent may be there without having been confirmed.
    this.#written = (this.#confirmed.at(-1)?.number ?? this.#written) + 1
    detail(`${this.#confirmed.length.toString()} writes were confirmed until then`)
  }

  /** From here to the proof of the server counts as the time of the recovery. */
  async recover(context: StepContext): Promise<void> {
    const { request, target } = this.facts
    const { world } = this.#made()
    const { timeoutSeconds } = request
    await request.scenario.recover(this.#ward(), context)
    await proveServer({ target, timeoutSeconds, wasWell: false }, world, context)
    this.#disaster.back = this.world.clock.elapsed()
  }

  /** Counts what is missing, and compares everything else with what was there. Throws `DRILL_DIFFERS` (integrity). */
  async prove(strike: Strike, context: StepContext): Promise<void> {
    const { request, target, ageSeconds } = this.facts
    const { at, elapsed, back } = this.#disaster
    const found = await this.#made().writes.found(target, this.#place, context.signal)
    const loss = lossOf(this.#confirmed, found, {
      disasterAt: at,
      ageSeconds: isProtected(request) ? 0 : ageSeconds,
    })
    const before = this.before
    const after = await this.#fingerprint(context)
    // What runs beside the server may well write.
    const other = before && !request.everything ? differences(before, after) : []
    if (other.length > 0) throw drillDiffers(other)
    const { operations, lostOperations, seconds: rpoSeconds } = loss
    this.strikes.push({
      what: strike.what(this.facts.service),
      rtoSeconds: Math.round(back - elapsed) / 1000,
      rpoSeconds,
      operations,
      lostOperations,
    })
    context.detail(
      `${lostOperations.toString()} of ${operations.toString()} confirmed writes are gone`,
    )
  }

  async remove(): Promise<void> {
    await this.#clone?.remove()
  }

  /** A step of which the recovery is a part, or what comes before it: what fails in it fails the drill, and says so. */
  recovering(
    run: (context: StepContext) => Promise<void>,
    failure: typeof drillFailed = drillFailed,
  ): (context: StepContext) => Promise<void> {
    return async (context) => {
      try {
        await run(context)
      } catch (error) {
        context.signal.throwIfAborted()
        const failed = failure(this.facts, error)
        if (failed instanceof Failure)
          await this.keep(failed).catch((reason: unknown) => {
            context.warn(`it could not be recorded: ${String(reason)}`)
          })
        throw failed
      }
    }
  }

  get #place() {
    return { database: this.facts.target.databases[0] ?? 'ops_drill', collection: writesCollection }
  }

  #ward(): Ward {
    const { request, target, service, wish, document, entry, place } = this.facts
    const { compression, timeoutSeconds } = request
    const { database, collection } = this.#place
    const writesTo = `${database}.${collection}`
    const clone = this.#made()
    return {
      clone,
      target,
      service,
      writesTo,
      compression,
      timeoutSeconds,
      place: place ?? clone.place,
      backup: entry.manifest.id,
      wish,
      document,
      hosts: this.world.hosts,
    }
  }

  #made(): Clone {
    if (!this.#clone) throw new Error('a clone is used after it was made')
    return this.#clone
  }

  async #whileWriting(context: StepContext): Promise<void> {
    const { request } = this.facts
    const { clock } = this.world
    const slices = isProtected(request)
    const until = clock.elapsed() + writeSecondsOf(request) * 1000
    let next = slices ? clock.elapsed() + request.everySeconds * 1000 : Infinity
    while (clock.elapsed() < until) {
      await clock.sleep(Math.max(0, Math.min(next, until) - clock.elapsed()), context.signal)
      if (clock.elapsed() < next) continue
      await this.#slice(context)
      next += request.everySeconds * 1000
    }
  }

  async #slice({ signal, warn, detail }: StepContext): Promise<void> {
    const { request, target } = this.facts
    const slicing = { target, compression: request.compression, command: 'pitr slice' }
    const taken = await takeSlices(slicing, this.#made().world, { signal, warn })
    const entries = taken.slices.reduce((sum, { count }) => sum + count, 0)
    detail(`a slice with ${entries.toString()} entries`)
  }

  /** What lies at the place behind the backup comes back from there, so it has to be there before. */
  async #fillOn(context: StepContext): Promise<void> {
    const { request, target, place, reaches } = this.facts
    if (!place || !reaches) return
    const { world } = this.#made()
    const moment = {
      // The clone has no slices of its own.
      target: { ...target, pointInTime: false },
      wanted: reaches,
      from: place,
      safetyBackup: false,
      allowVersionMismatch: false,
      compression: request.compression,
      signal: context.signal,
    }
    await followed(restoreMoment.plan(moment, world), world, context)
  }

  async #fingerprint({ signal }: StepContext): Promise<Fingerprint> {
    const { target } = this.facts
    const { database, collection } = this.#place
    return withSession(target, this.#made().world, signal, async (session) => {
      const databases = target.databases.length > 0 ? target.databases : await session.databases()
      return fingerprint(session, databases, `${database}.${collection}`)
    })
  }
}
