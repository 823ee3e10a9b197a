import { execa } from 'execa'
import { access, constants, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { Failure } from '../../domain/failure.js'
import type { SchedulerName, Schedulers, SystemdScope } from '../../ports/schedulers.js'

type Environment = Readonly<Record<string, string | undefined>>

/** systemd makes this folder when it runs a machine (sd_booted(3)). */
const systemdRuns = '/run/systemd/system'

/** Milliseconds for an answer of systemctl or crontab. */
const patience = 60_000

/** Programs that a job may call; the compose plugin is found by docker itself. */
const programs = ['docker', 'docker-compose', 'mongodump', 'mongorestore', 'git']

/** The schedulers of this machine. `booted` is a folder that is there where systemd runs. */
export function machineSchedulers(environment: Environment, booted = systemdRuns): Schedulers {
  const run = (program: string, args: readonly string[], input?: string) =>
    call(program, args, environment, input)
  const systemctl = (scope: SystemdScope, ...args: string[]) =>
    run('systemctl', [...(scope === 'user' ? ['--user'] : []), ...args])

  return {
    async available() {
      const systemd = (await isThere(booted)) && (await found('systemctl', environment)).length > 0
      const cron = (await found('crontab', environment)).length > 0
      const names: SchedulerName[] = []
      if (systemd) names.push('systemd')
      if (cron) names.push('cron')
      return names
    },
    async programFolders() {
      const folders = await Promise.all(programs.map((program) => found(program, environment)))
      return [...new Set(folders.flatMap(([first]) => first ?? []))]
    },
    async read(place) {
      if (place.kind === 'file') return readText(place.path)
      if ((await found('crontab', environment)).length === 0) return undefined
      const { exitCode, stdout, stderr } = await run('crontab', ['-l'])
      if (exitCode === 0) return { text: stdout }
      if (/^no crontab for /m.test(stderr)) return undefined
      throw failed('crontab -l', exitCode, stderr)
    },
    async write(place, text) {
      if (place.kind === 'crontab') {
        const { exitCode, stderr } = await run('crontab', ['-'], text)
        if (exitCode !== 0) throw failed('crontab -', exitCode, stderr)
        return
      }
      await changed(place.path, async () => {
        await mkdir(dirname(place.path), { recursive: true })
        await writeFileAtomic(place.path, text, { mode: 0o644 })
      })
    },
    async remove(path) {
      await changed(path, () => rm(path, { force: true }))
    },
    async active(unit, scope) {
      return (await systemctl(scope, 'is-active', '--quiet', unit)).exitCode === 0
    },
    async activate(units, scope) {
      await this.reload(scope)
      for (const verb of ['enable', 'restart']) {
        const { exitCode, stderr } = await systemctl(scope, verb, ...units)
        if (exitCode !== 0) throw failed(`systemctl ${verb}`, exitCode, stderr)
      }
    },
    async deactivate(units, scope) {
      const { exitCode, stderr } = await systemctl(scope, 'disable', '--now', ...units)
      if (exitCode !== 0 && !/does not exist|not loaded/.test(stderr))
        throw failed('systemctl disable', exitCode, stderr)
    },
    async reload(scope) {
      const { exitCode, stderr } = await systemctl(scope, 'daemon-reload')
      if (exitCode !== 0) throw failed('systemctl daemon-reload', exitCode, stderr)
    },
  }
}

async function call(
  program: string,
  args: readonly string[],
  environment: Environment,
  input?: string,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']
  const { exitCode, stdout, stderr, shortMessage } = await execa(program, args, {
    reject: false,
    timeout: patience,
    extendEnv: false,
    stripFinalNewline: false,
    env: {
      ...Object.fromEntries(passed.map((name) => [name, environment[name]])),
      LC_ALL: 'C',
    },
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  })
  // Without an exit code it was not started, or was given up on.
  return {
    exitCode: exitCode ?? -1,
    stdout,
    stderr: exitCode === undefined ? (shortMessage ?? '') : stderr,
  }
}

async function readText(path: string) {
  try {
    const [text, about] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    return { text, changedAt: about.mtime.toISOString() }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure(
      'environment',
      'SCHEDULE_UNREADABLE',
      `${path} cannot be read (${code})`,
      [`ls -l ${path}`],
      { cause: error },
    )
  }
}

async function changed(path: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw new Failure(
      'environment',
      'SCHEDULE_UNWRITABLE',
      `${path} cannot be changed (${codeOf(error)})`,
      [`ls -ld ${dirname(path)}`, 'sudo ops …'],
      { cause: error },
    )
  }
}

/** The absolute folders of PATH in which this user may run a program. */
async function found(program: string, environment: Environment): Promise<readonly string[]> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((path) => isAbsolute(path))
  const there = await Promise.all(
    folders.map((folder) => isThere(join(folder, program), constants.X_OK)),
  )
  return folders.filter((_, index) => there[index])
}

function isThere(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}

function failed(command: string, exitCode: number, stderr: string): Failure {
  const why = stderr.trim().split('\n').at(-1) ?? ''
  return new Failure(
    'failed',
    'SCHEDULER_FAILED',
    `${command} left with exit code ${exitCode.toString()}: ${why === '' ? 'it said nothing' : why}`,
    ['systemctl status', 'ops schedule show'],
  )
}
