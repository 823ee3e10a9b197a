import type { ContainerFacts } from '../../ports/engine.js'

/** mongod's own exit codes (MongoDB manual, "Exit Codes and Statuses"), those that say more than "failed". */
const ofMongod: Readonly<Record<number, string>> = {
  2: 'an option of it is wrong, or does not go with another',
  14: 'it met something that it cannot recover from',
  48: 'it could not listen on its port',
  62: 'its data files are of another version',
  100: 'it threw an exception that nobody caught',
}

/** What shells and engines say by an exit code. */
const ofAnything: Readonly<Record<number, string>> = {
  125: 'the engine could not start it',
  126: 'what it is to run may not be executed',
  127: 'what it is to run is not there',
  134: 'it aborted',
  137: 'it was killed (SIGKILL): by somebody, or by an engine that waited in vain for it to stop',
  139: 'it crashed (SIGSEGV)',
  143: 'it was told to stop (SIGTERM)',
}

/** How a container ended, in words. `mongod`: whether that is what ran in it. */
export function ending(
  { exitCode, oomKilled, memoryLimit }: ContainerFacts,
  mongod: boolean,
): string {
  if (oomKilled) {
    const limit = memoryLimit > 0 ? `, ${Math.round(memoryLimit / 1024 ** 2).toString()} MiB` : ''
    return `it was killed because it used more memory than it may${limit}`
  }
  if (exitCode === 0) return 'it ended by itself, or was stopped, without an error'
  const says = (mongod ? ofMongod[exitCode] : undefined) ?? ofAnything[exitCode]
  return `exit code ${exitCode.toString()}${says === undefined ? '' : `: ${says}`}`
}
