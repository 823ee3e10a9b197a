import type { Finding } from '../../domain/finding.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'

/** What the file system says of a path. */
export interface PathFacts {
  readonly path: string
  readonly kind: 'folder' | 'file' | 'other' | 'missing'
  /** Permission bits; absent for what is missing, and where modes mean nothing. */
  readonly mode?: number
  /** Whether we may write to it; for what is missing: whether we may make it. */
  readonly writable: boolean
}

/** Looks at paths; never makes or changes one. */
export interface PathLook {
  look(path: string): Promise<PathFacts>
}

/** A folder that ops writes to, and nobody else should read. */
export function folderCheck(id: string, name: string, path: string, paths: PathLook): Check {
  return check({
    id,
    asks: name,
    look: () => paths.look(path),
    judge: (facts) => [judgeFolder(id, name, facts)],
  })
}

/** Judges a folder that must be ours alone. */
export function judgeFolder(id: string, name: string, facts: PathFacts): Finding {
  const { path, kind, mode, writable } = facts
  if (kind === 'missing') {
    return writable
      ? fine(id, `${name} will be made when it is needed`, path)
      : broken(id, `${name} is missing and cannot be made`, path, [`mkdir -p ${path}`])
  }
  if (kind !== 'folder') return broken(id, `${name} is not a folder`, path, [`ls -ld ${path}`])
  if (!writable) return broken(id, `${name} cannot be written to`, path, [`ls -ld ${path}`])
  if (mode !== undefined && (mode & 0o077) !== 0) {
    const others = `${path} has mode ${octal(mode)}: others can get at patients' data`
    return doubtful(id, `${name} is open to others`, others, [`chmod 700 ${path}`])
  }
  return fine(id, `${name} is writable and ours alone`, path)
}

/** A file that may hold passwords: others must not read it. */
export function secretFileCheck(id: string, path: string, paths: PathLook): Check {
  return check({
    id,
    asks: path,
    look: () => paths.look(path),
    judge: (facts) => judgeSecretFile(id, facts),
  })
}

/** Judges such a file; one that is not there is no finding. */
export function judgeSecretFile(id: string, { path, kind, mode }: PathFacts): readonly Finding[] {
  if (kind === 'missing' || mode === undefined) return []
  if ((mode & 0o077) === 0) return [fine(id, `${path} is readable by its owner only`)]
  const because = `its mode is ${octal(mode)}, and such files hold passwords`
  return [doubtful(id, `${path} can be read by others`, because, [`chmod 600 ${path}`])]
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`
}
