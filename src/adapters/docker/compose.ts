import { Failure } from '../../domain/failure.js'
import type { Stack } from '../../domain/target.js'
import type { Compose, ComposeProject, Say } from '../../ports/compose.js'
import { AskedTogether } from './askedTogether.js'
import {
  everyProfile,
  lastLinesArguments,
  logsArguments,
  makeArguments,
  projectArguments,
  runArguments,
  upArguments,
} from './composeArguments.js'
import { readProject } from './composeConfig.js'
import { inOrder } from './composeLog.js'
import { allOneOffs, jobContainer, oneOffs } from './composeOneOff.js'
import { composeFailure, isMissing, runProcess, type Finished } from './composeProcess.js'
import { findCompose, type ComposeProgram } from './composeProgram.js'
import { servicesToStart } from './composeServices.js'
import { takesVariablesFromFiles } from './variablesFromFiles.js'

type Environment = Readonly<Record<string, string | undefined>>

/** How compose is called. */
interface How {
  readonly say?: Say
  readonly signal?: AbortSignal
  readonly keep?: boolean
  readonly env?: Environment
  /** What it reads on standard input instead of the document. */
  readonly input?: string
}

/** Has the whole project written out as one document. */
const writtenOut = [...everyProfile, 'config', '--format', 'json']

const quietly: Say = () => undefined

/** Compose where the docker command line has it as a plugin: always version 2 or later. */
const plugin = ['docker', 'compose']

/**
 * `docker compose`, called with argument arrays; aborting a call ends its process. Looked for once. A document is what every
 * call reads on standard input, for a stack whose compose file is `-`: so it never lies on a disk.
 */
export function compose(environment: Environment, document?: string): Compose {
  let found: Promise<ComposeProgram> | undefined
  const program = () => (found ??= findCompose(environment))

  const callBy = (
    command: readonly string[],
    stack: Stack,
    given: readonly string[],
    { env, ...rest }: How = {},
  ): Promise<Finished> =>
    runProcess([...command, ...projectArguments(stack), ...given], {
      environment: { ...environment, ...env },
      ...(document === undefined ? {} : { input: document }),
      ...rest,
    })
  const call = async (stack: Stack, given: readonly string[], how?: How): Promise<Finished> =>
    callBy((await program()).command, stack, given, how)
  const must = async (verb: string, finished: Promise<Finished>): Promise<Finished> => {
    const result = await finished
    if (result.exitCode !== 0) throw composeFailure(verb, result)
    return result
  }
  const lifecycle =
    (verb: string) =>
    async (stack: Stack, services: readonly string[], say: Say, signal: AbortSignal) => {
      if (services.length === 0) return
      await must(verb, call(stack, [...everyProfile, verb, '--', ...services], { say, signal }))
    }
  /** Asks the plugin before it is known whether there is one, which takes as long as the answer; where that fails, what is there. */
  const config = async (stack: Stack, signal: AbortSignal): Promise<ComposeProject> => {
    const how = { keep: true, signal }
    const first = found ? undefined : await unlessMissing(callBy(plugin, stack, writtenOut, how))
    if (first?.exitCode === 0) return readProject(first.stdout)
    return readProject((await must('config', call(stack, writtenOut, how))).stdout)
  }
  const projects = new AskedTogether<ComposeProject>()
  const project = (stack: Stack, signal?: AbortSignal): Promise<ComposeProject> =>
    projects.ask(JSON.stringify(projectArguments(stack)), (own) => config(stack, own), signal)
  const nameOf = async (stack: Stack) => stack.project ?? (await project(stack)).name
  const docker = async (
    given: readonly string[],
    say: Say = quietly,
    signal?: AbortSignal,
  ): Promise<Finished> => {
    const { docker: file } = await program()
    if (file === undefined) return { exitCode: 0, stdout: '', lastWords: [] }
    return runProcess([file, ...given], { environment, say, ...(signal ? { signal } : {}) })
  }
  const dockerAnswer = async (given: readonly string[]): Promise<Finished> => {
    const { docker: file } = await program()
    if (file === undefined) return { exitCode: 1, stdout: '', lastWords: [] }
    return runProcess([file, ...given], { environment, keep: true })
  }

  /** The same of the whole project written out as one document, in which nothing is left to take from other files. */
  const hashWritten = async (
    stack: Stack,
    asked: readonly string[],
    how: How,
  ): Promise<Finished> => {
    const { stdout: input } = await must('config', call(stack, writtenOut, how))
    return call({ ...stack, composeFiles: ['-'] }, asked, { ...how, input })
  }

  return {
    version: async () => (await program()).version,
    project,

    async configHash(stack, service, signal) {
      const how = { keep: true, ...(signal ? { signal } : {}) }
      const asked = [...everyProfile, 'config', '--hash', service]
      const { stdout } = (await takesVariablesFromFiles(stack))
        ? await must('config', hashWritten(stack, asked, how))
        : await must('config', call(stack, asked, how))
      const line = stdout.split('\n').find((one) => one.startsWith(`${service} `))
      return line?.slice(service.length + 1).trim() ?? ''
    },

    async up(stack, services, { timeoutSeconds }, say, signal) {
      const chosen = servicesToStart(await project(stack), services, stack.job)
      if (chosen.length === 0) return
      await must('up', call(stack, upArguments(chosen, timeoutSeconds), { say, signal }))
    },

    async make(stack, service, { timeoutSeconds, anew }, say, signal) {
      const given = makeArguments(service, timeoutSeconds, anew)
      await must('up', call(stack, given, { say, signal }))
    },

    async down(stack, { volumes }, say, signal) {
      const left = await allOneOffs(await nameOf(stack), dockerAnswer)
      if (left.length > 0)
        await must(
          'down',
          docker(['rm', '--force', ...(volumes ? ['--volumes'] : []), ...left], say),
        )
      const given = [...everyProfile, 'down', ...(volumes ? ['--volumes'] : [])]
      await must('down', call(stack, given, { say, signal }))
    },

    async stop(stack, services, say, signal) {
      await lifecycle('stop')(stack, services, say, signal)
      if (services.length === 0) return
      const running = await oneOffs(await nameOf(stack), services, dockerAnswer)
      if (running.length > 0) await must('stop', docker(['stop', ...running], say))
    },

    start: lifecycle('start'),
    restart: lifecycle('restart'),

    async run(stack, service, variables, say, signal) {
      const { docker: file } = await program()
      const container = file === undefined ? undefined : jobContainer(await nameOf(stack), service)
      // With the unnamed volumes that its image asks for: nobody could ever reach them again.
      if (container !== undefined) await docker(['rm', '--volumes', container])
      const given = runArguments(service, container, Object.keys(variables))
      try {
        const finished = await call(stack, given, { say, signal, env: variables })
        if (container !== undefined && finished.exitCode !== 0) {
          const state = ['inspect', '--type', 'container', '--format', '{{.State.Status}}']
          const { exitCode, stdout } = await dockerAnswer([...state, container])
          // Without a container that has run, the exit code is compose's own.
          if (exitCode !== 0 || stdout.trim() !== 'exited') throw composeFailure('run', finished)
        }
        return finished.exitCode
      } catch (error) {
        if (signal.aborted && container !== undefined) await docker(['stop', container])
        throw error
      }
    },

    async logs(stack, services, options, say, signal) {
      const { follow, tail, timed = false } = options
      const order = !timed && !follow && tail !== undefined && services.length !== 1
      const lines: string[] = []
      const heard = order ? (line: string) => lines.push(line) : say
      const given = [...everyProfile, ...logsArguments(services, options, order || timed)]
      await must('logs', call(stack, given, { say: heard, signal }))
      for (const line of inOrder(lines)) say(line)
    },

    async lastLines(container, count, { timed = false, signal } = {}) {
      const lines: string[] = []
      const say = (line: string) => lines.push(line)
      const given = lastLinesArguments(container, count, timed)
      const own = { environment, say, ...(signal ? { signal } : {}) }
      const answer = await unlessMissing(runProcess(['docker', ...given], own))
      if (answer?.exitCode === 0) return lines
      if (!answer) throw noDocker()
      throw new Failure(
        'not-found',
        'CONTAINER_NOT_FOUND',
        `there is no container named "${container}"`,
        ['ops stack ps'],
      )
    },
  }
}

/** Nothing where the program is not there. */
async function unlessMissing(finished: Promise<Finished>): Promise<Finished | undefined> {
  try {
    return await finished
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** `docker-compose` alone can read no log of a container by its name: that is no empty log. */
function noDocker(): Failure {
  return new Failure(
    'environment',
    'COMPOSE_MISSING',
    'there is no docker command on this machine, by which logs are read',
    ['docker version', 'apt-get install docker-cli'],
  )
}
