import { Failure } from '../domain/failure.js'

/** Commands that read no configuration, or write one. */
const without = /^ops (help|init|autocomplete)\b/

/** The failure with its next commands as they work here: with the configuration file that was named. */
export function nextWithConfig(failure: Failure, configFile: string | undefined): Failure {
  if (configFile === undefined) return failure
  const { facts, cause } = failure
  const next = failure.next.map((line) => withConfig(line, configFile))
  return new Failure(failure.kind, failure.code, failure.message, next, { cause, facts })
}

/** A remark, set off by blanks, stays behind the command. */
function withConfig(line: string, file: string): string {
  const [, command, remark = ''] = /^(ops .*?)(\s{2,}\(.*)?$/.exec(line) ?? []
  if (command === undefined || without.test(command) || command.includes('--config')) return line
  return `${command} --config ${/^[\w./@:+-]+$/.test(file) ? file : `'${file}'`}${remark}`
}
