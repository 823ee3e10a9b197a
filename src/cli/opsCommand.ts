import { Command, type Interfaces } from '@oclif/core'
import type { ConfigReading } from '../config/config.js'
import { machineClock } from '../adapters/host/clock.js'
import { chosenLogFolder } from '../config/folders.js'
import { exitCodes, type ExitKind } from '../domain/exit.js'
import type { Failure } from '../domain/failure.js'
import type { LogLevel } from '../domain/ownLog/level.js'
import type { Target } from '../domain/target.js'
import { releaseAbandonedLocks } from '../procedures/dataFiles/abandonedLocks.js'
import type { DrillWorld } from '../procedures/drill/drillRequest.js'
import type { Plan, Procedure } from '../procedures/plan.js'
import type { TroubleshootWorld } from '../procedures/troubleshoot/request.js'
import type { World } from '../ports/world.js'
import { asFailure, type Choices } from './asFailure.js'
import { nextAsTyped } from './asTyped.js'
import { baseFlags, type BaseFlagValues } from './baseFlags.js'
import { asBug } from './bug.js'
import { canvasOf, patiently, warn, type Door } from './door.js'
import { failureText } from './failureText.js'
import { milliseconds } from './duration.js'
import { deaf } from './deaf.js'
import { envelopeText, failureEnvelope, successEnvelope, type Envelope } from './envelope.js'
import { follow, runPlan, type Followed, type FollowFlags } from './follow.js'
import { watchForInterruption } from './interruption.js'
import { nextWithConfig } from './nextLines.js'
import { beginLog, endLog, openLog, tellTrouble } from './openLog.js'
import type { ScheduleContext } from './schedule.js'
import { scheduleWorld, type ScheduleWorld } from './scheduleWorld.js'
import { screens, type Screens } from './screens.js'
import { surroundings } from './surroundings.js'
import { chooseTarget, chooseTargets } from './targets.js'
import { openWorld } from './world.js'

type Values = Record<string, unknown>

/** Truthy words of a boolean flag's environment variable, as oclif reads them. */
const truthy = /^(1|true|yes|y)$/i

/**
 * What every command is made of: flags, streams, signals, exit codes, and the one JSON object. A command parses, calls
 * one thing, and returns its result; it throws a `Failure` for what ends it.
 */
export abstract class OpsCommand extends Command {
  static override baseFlags = baseFlags
  /** Outcomes a caller of this command should be ready for; shown in its help. */
  static exitKinds: readonly ExitKind[] = ['usage']

  /** Whether it does its work with the usual where there is no configuration. */
  protected goesWithout = false
  readonly #log = beginLog(this.#name(), this.config.version)
  readonly #door: Door = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    interruption: watchForInterruption((text) => {
      this.#door.notice(text)
    }),
    warnings: [],
    notice: (text) => {
      process.stderr.write(`${text}\n`)
    },
    json: this.jsonEnabled(),
    quiet: false,
    verbose: truthy.test(process.env['OPS_DEBUG'] ?? ''),
    noColor: this.argv.includes('--no-color'),
    noInput: false,
    log: this.#log,
  }
  readonly #began = performance.now()
  #logLevel: LogLevel | undefined
  #understood = false
  #configFile: string | undefined
  #reading: Promise<ConfigReading> | undefined
  #world: Promise<World> | undefined

  /** How this command talks. */
  protected get door(): Door {
    return this.#door
  }

  /** Also true where only the environment asks for it, and known before the flags are parsed: their errors are JSON too. */
  override jsonEnabled(): boolean {
    const end = this.argv.indexOf('--')
    const flags = end === -1 ? this.argv : this.argv.slice(0, end)
    return flags.includes('--json') || truthy.test(process.env['OPS_JSON'] ?? '')
  }

  protected override async init(): Promise<void> {
    await super.init()
    // Whoever reads standard error may be gone (a closed terminal): that must not end a restore.
    process.stderr.on('error', () => undefined)
  }

  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const output = await super.parse<F, B, A>(options && deaf(options), argv)
    this.#obey(output.flags as unknown as BaseFlagValues)
    return output
  }

  #obey(flags: BaseFlagValues): void {
    this.#configFile = flags.config
    this.#door.quiet = flags.quiet
    this.#door.verbose ||= flags.verbose
    this.#door.noColor = flags['no-color']
    this.#door.noInput = flags['no-input']
    this.#logLevel = flags['log-level']
    this.#understood = true
    const wait = flags.timeout === undefined ? undefined : milliseconds(flags.timeout)
    if (wait !== undefined) this.#door.interruption.limit(wait, flags.timeout ?? '')
  }

  /** The configuration, read once; what it warns of is told. Throws what reading it throws. */
  protected settings(): Promise<ConfigReading> {
    return patiently(this.#door, (this.#reading ??= this.#read()))
  }

  async #read(): Promise<ConfigReading> {
    const { readSettings } = await import('./readSettings.js')
    const reading = await readSettings(this.#configFile, surroundings(), this.goesWithout)
    const { log } = reading.config
    openLog(this.#log, { ...log, level: this.#logLevel ?? log.level }, this.config.version)
    for (const text of reading.warnings) warn(this.#door, text)
    return reading
  }

  /** The world as the configuration describes it. */
  protected async world(): Promise<World> {
    return (this.#world ??= this.#open())
  }

  /** Whatever the command is: writes that a killed run left blocked are released before anything else. */
  async #open(): Promise<World> {
    const { config } = await this.settings()
    const world = openWorld(config, this.config.version, surroundings())
    await this.patiently(
      releaseAbandonedLocks(Object.values(config.targets), world, (text) => {
        this.warning(text)
      }),
    )
    return world
  }

  /** The world with the place where clones are made. */
  protected async drillWorld(): Promise<DrillWorld> {
    const { config } = await this.settings()
    const { openLaboratory } = await import('./laboratory.js')
    const { bareHosts } = await import('./bareHosts.js')
    const world = await this.world()
    const laboratory = openLaboratory(config, this.config.version, surroundings(), world)
    const hosts = bareHosts(config, this.config.version, surroundings(), world)
    return { ...world, laboratory, hosts }
  }

  /** The world with what symptoms are told by. */
  protected async troubleshootWorld(): Promise<TroubleshootWorld> {
    const { troubleshootWorld } = await import('./troubleshootWorld.js')
    return troubleshootWorld(await this.world(), surroundings())
  }

  /** What schedules and scheduled runs need. */
  protected async scheduleWorld(): Promise<ScheduleWorld> {
    const { config } = await this.settings()
    return scheduleWorld(config, this.config.version, surroundings())
  }

  /** What `ops schedule` works with. */
  protected async scheduleContext(): Promise<ScheduleContext> {
    return {
      reading: await this.settings(),
      world: await this.scheduleWorld(),
      around: surroundings(),
      home: this.config.root,
      node: process.execPath,
      door: this.#door,
    }
  }

  /** The target named, or the only one. Throws `TARGET_UNKNOWN` (not-found), `TARGET_REQUIRED` (usage). */
  protected async target(name: string | undefined): Promise<Target> {
    return chooseTarget((await this.settings()).config.targets, name)
  }

  /** The target named, or with `--all` every one. Throws what `target` throws. */
  protected async targets(flags: {
    readonly target?: string | undefined
    readonly all?: boolean
  }): Promise<readonly Target[]> {
    return chooseTargets((await this.settings()).config.targets, flags)
  }

  /** Every target of the configuration. */
  protected async allTargets(): Promise<readonly Target[]> {
    return Object.values((await this.settings()).config.targets)
  }

  /** Waits for what only reads, but no longer than the operator does. */
  protected patiently<Answer>(promise: Promise<Answer>): Promise<Answer> {
    return patiently(this.#door, promise)
  }

  /** Plans, confirms and carries out, then shows the result. With `--dry-run` the plan is the result. */
  protected async follow<Request, Name extends keyof Screens>(
    procedure: Procedure<Request, Screens[Name], World>,
    request: Request,
    flags: FollowFlags,
    screen: Name,
  ): Promise<unknown> {
    const followed = await follow(procedure, request, await this.world(), flags, this.#door)
    return this.showFollowed(screen, followed)
  }

  /** Plans, confirms and carries out in a world that has more than the usual one. */
  protected followIn<Request, Result, Around extends World>(
    procedure: Procedure<Request, Result, Around>,
    request: Request,
    world: Around,
    flags: FollowFlags,
  ): Promise<Followed<Result>> {
    return follow(procedure, request, world, flags, this.#door)
  }

  /** Shows what was done, or the plan of a dry run. */
  protected async showFollowed<Name extends keyof Screens>(
    screen: Name,
    followed: Followed<Screens[Name]>,
  ): Promise<unknown> {
    if ('dryRun' in followed) return this.show('dry run', followed)
    return this.show(screen, followed.done)
  }

  /** Carries out a plan that nobody has to agree to. */
  protected async carryOut<Result>(plan: Plan<Result>): Promise<Result> {
    return runPlan(plan, await this.world(), this.#door)
  }

  /** Tells a warning: on standard error, and in the envelope. */
  protected warning(text: string): void {
    warn(this.#door, text)
  }

  /** Prints a result for people (on standard output, unless they asked for JSON or for nothing) and hands it back. */
  protected async show<Name extends keyof Screens>(
    screen: Name,
    result: Screens[Name],
  ): Promise<Screens[Name]> {
    if (this.#door.json || this.#door.quiet) return result
    const text = await screens[screen](result, canvasOf(this.#door, 'stdout'))
    if (text !== '') this.#door.stdout.write(`${text}\n`)
    return result
  }

  /** The same for what a check found: bad news is shown even quietly. */
  protected async showBadNews<Name extends keyof Screens>(
    screen: Name,
    result: Screens[Name],
    bad: boolean,
  ): Promise<Screens[Name]> {
    this.#door.quiet &&= !bad
    return this.show(screen, result)
  }

  /** Draws again and again until Ctrl-C; a pipe is told when `standing` changes. Throws what `watch` does. */
  protected async watch<Name extends keyof Screens>(
    screen: Name,
    look: () => Promise<Screens[Name]>,
    every: string,
    standing?: (seen: Screens[Name]) => string,
  ): Promise<void> {
    const { watch } = await import('./watch.js')
    const pace = { every: milliseconds(every) ?? 0, clock: machineClock }
    const patient = () => this.patiently(look())
    await watch({ look: patient, draw: screens[screen], standing, ...pace }, this.#door)
  }

  /** Ends with this outcome although the command did what it is for: bad news found by a check. */
  protected outcome(kind: ExitKind): void {
    process.exitCode = exitCodes[kind].code
  }

  override toSuccessJson(result: unknown): Envelope {
    return successEnvelope(this.#name(), result, this.#door.warnings)
  }

  override logJson(json: unknown): void {
    this.#door.stdout.write(envelopeText(json as Envelope, this.#door.stdout.isTTY))
  }

  /** oclif would print the error with its whole context, and exit with another code under `--json` than without. */
  protected override async catch(error: unknown): Promise<void> {
    const found = asFailure(error, this.#choices()) ?? (await this.#bug(error))
    const typed = { command: this.#name(), argv: this.argv }
    const failure = nextWithConfig(nextAsTyped(found, typed), this.#configFile)
    process.exitCode = failure.exitCode
    endLog(this.#log, failure.exitCode, this.#milliseconds(), failure)
    if (this.#door.json) {
      this.logJson(failureEnvelope(this.#name(), failure, this.#door.warnings))
      return
    }
    this.#door.stderr.write(`${await failureText(failure, error, this.#door, this.#log.place)}\n`)
  }

  protected override async finally(): Promise<void> {
    this.#door.interruption.end()
    // A command line that cannot be understood is no run.
    if (this.#understood) this.#openLog()
    endLog(this.#log, Number(process.exitCode ?? 0), this.#milliseconds())
    // Nobody waits for the log but who wants to hear of it.
    if (this.#door.verbose) await tellTrouble(this.#log, this.#door)
  }

  /** A command that needs no configuration, or could not read it, is logged where nothing names a folder. */
  #openLog(): void {
    if (this.#log.path !== undefined) return
    const folder = chosenLogFolder(surroundings()).path
    openLog(this.#log, { folder, level: this.#logLevel ?? 'info' }, this.config.version)
  }

  #bug(error: unknown): Promise<Failure> {
    this.#openLog()
    return asBug(error, this.#log, this.#milliseconds())
  }

  #milliseconds(): number {
    return performance.now() - this.#began
  }

  #name(): string {
    return (this.id ?? '').replaceAll(':', ' ')
  }

  #choices(): Choices {
    const { flags, baseFlags: base } = this.ctor
    const below = `${this.id ?? ''}:`
    return {
      command: this.#name(),
      flags: Object.keys({ ...flags, ...base }),
      below: this.config.commandIDs
        .filter((id) => id.startsWith(below))
        .map((id) => id.slice(below.length)),
    }
  }
}
