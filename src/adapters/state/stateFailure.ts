import { Failure } from '../../domain/failure.js'

/** What the operating system said of the state folder, as a `Failure`; anything else is handed back. */
export function stateFailure(folder: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  if (
    !['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENOSPC', 'EDQUOT'].includes(code)
  )
    return error
  return new Failure(
    code === 'ENOSPC' || code === 'EDQUOT' ? 'space' : 'environment',
    'STATE_UNWRITABLE',
    `ops cannot write its state in ${folder} (${code})`,
    [`ls -ld ${folder}`, 'export OPS_STATE=/a/folder/of/yours'],
    { cause: error },
  )
}
