import { Failure } from '../../domain/failure.js'

/** What `ops init` finds and was told. */
export interface WriteRequest {
  /** Absolute path of the file to write. */
  readonly path: string
  readonly exists: boolean
  /** `--force`, or the operator's yes to a question. */
  readonly replace: boolean
}

/**
 * Whether the file is made or replaced. Throws `CONFIG_EXISTS` (refused) where one is there and nobody said to replace
 * it.
 */
export function mayWrite({ path, exists, replace }: WriteRequest): 'create' | 'replace' {
  if (!exists) return 'create'
  if (replace) return 'replace'
  throw configExists(path)
}

/** `CONFIG_EXISTS` (refused): the operator's own file is not written over. */
export function configExists(path: string): Failure {
  return new Failure('refused', 'CONFIG_EXISTS', `${path} is there already; it was left as it is`, [
    'ops init --force',
    'ops config check',
  ])
}
