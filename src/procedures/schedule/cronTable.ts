import { cronTimes } from '../../domain/cronExpression.js'
import { cronLine } from '../../domain/cronText.js'
import { schedulable } from '../../domain/schedule.js'
import { marked, markOf, type StackMark } from '../../domain/scheduleMark.js'
import { impossible, jobArguments, sumOf, type Installation, type NamedJob } from './layout.js'

/** cron(8) of Debian gives up on a command that is longer than 1000 characters. */
const longestCommand = 990

/**
 * The file of the whole machine's cron. Throws `SCHEDULE_IMPOSSIBLE` (refused) for a line that cron would cut off.
 */
export function cronFile(installation: Installation): string {
  const { stack, environment, jobs, user } = installation
  const lines = [
    'SHELL=/bin/sh',
    ...Object.entries(environment).map(([name, value]) => `${name}=${variable(value)}`),
    ...jobs.map((job) => `${times(job)} ${user} ${command(job, installation)}`),
    '',
  ]
  return marked(stack, lines.join('\n'), sumOf)
}

/**
 * The block in the crontab of a user. Variables are set for our own lines only: everybody else's follow. Throws
 * `SCHEDULE_IMPOSSIBLE` (refused) for a line that cron would cut off.
 */
export function cronBlock(installation: Installation): string {
  const { stack, environment, jobs } = installation
  const set = Object.entries(environment)
    .filter(([name]) => name !== 'HOME')
    .map(([name, value]) => `${name}=${escaped(quoted(value))}`)
    .join(' ')
  const lines = jobs.map((job) => `${times(job)} ${set} ${command(job, installation, set.length)}`)
  return marked(stack, [...lines, endOf(stack)].join('\n'), sumOf)
}

/** Our block of a crontab, if it has one. */
export function blockIn(crontab: string, stack: StackMark): string | undefined {
  const lines = crontab.split('\n')
  const start = lines.indexOf(markOf(stack))
  const end = lines.indexOf(endOf(stack), start)
  if (start === -1) return undefined
  // Without its end nobody knows how far it goes: it then is not what was written, and shows as edited.
  return lines.slice(start, end === -1 ? start + 1 : end + 1).join('\n')
}

/** The crontab with our block put in, put in again, or taken out; every other line stays as it is. */
export function withBlock(crontab: string, stack: StackMark, block: string | undefined): string {
  const whole = crontab === '' || crontab.endsWith('\n') ? crontab : `${crontab}\n`
  const old = blockIn(whole, stack)
  const put = block === undefined ? '' : `${block}\n`
  return old === undefined ? `${whole}${put}` : whole.replace(`${old}\n`, () => put)
}

function endOf({ name, file }: StackMark): string {
  return `# ops schedule ends: ${name} ${file}`
}

function times(job: NamedJob): string {
  const read = cronTimes(job.cron)
  if ('wrong' in read) throw impossible(`schedule.${job.name}.cron ${read.wrong}`, 'cron')
  return cronLine(read)
}

function command(job: NamedJob, installation: Installation, before = 0): string {
  const { node, script } = installation
  const delay =
    job.randomDelaySeconds === 0 ? [] : ['--random-delay', `${job.randomDelaySeconds.toString()}s`]
  const words = [node, script, ...jobArguments(schedulable[job.name].argv, installation), ...delay]
  const line = escaped(words.map(quoted).join(' '))
  if (line.length + before > longestCommand) {
    throw impossible(
      `its command has ${(line.length + before).toString()} characters, and cron takes ${longestCommand.toString()}`,
      'cron',
    )
  }
  return line
}

/** A word as /bin/sh takes it. */
function quoted(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** crontab(5): an unescaped % ends the command; what follows would become its standard input. */
function escaped(line: string): string {
  return line.replaceAll('%', '\\%')
}

/** crontab(5): the value of a variable is taken as it is, and quotes around it are taken off; none can be escaped. */
function variable(value: string): string {
  if (!value.includes('"')) return `"${value}"`
  if (value.includes("'")) throw impossible(`${value} holds both kinds of quotation marks`, 'cron')
  return `'${value}'`
}
