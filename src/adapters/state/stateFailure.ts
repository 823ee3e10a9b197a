import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'

/** What the operating system said of the state folder, as a `Failure`; anything else is handed back. */
export function stateFailure(folder: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure(
      'space',
      'STATE_FULL',
      `no space is left for what ops keeps in ${folder}`,
      ['df -h', 'export OPS_STATE=/a/folder/of/yours'],
      { cause: error },
    )
  }
  if (!isOfTheSystem(error)) return error
  return new Failure(
    'environment',
    'STATE_UNWRITABLE',
    `ops cannot write its state in ${folder} (${code})`,
    [`ls -ld ${folder}`, 'export OPS_STATE=/a/folder/of/yours'],
    { cause: error },
  )
}
