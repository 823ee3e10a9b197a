import type { Finding } from '../../domain/finding.js'
import type { FolderFacts } from '../../ports/machine.js'
import type { Looked } from './evidence.js'
import { blind, broken, doubtful, fine } from './finding.js'
import { quoted } from '../../domain/quoted.js'
import { octal } from './words.js'

/** A folder that ops writes to, and that is nobody else's business: `next` is the way out where it cannot be used. */
export function judgeFolder(
  id: string,
  what: string,
  folder: Looked<FolderFacts>,
  next: readonly string[],
): Finding {
  if (folder.state !== 'seen') return blind(id, what, folder, next)
  const { path, kind, mode = 0o700, owner, writable, obstacle = '', inMemory } = folder.facts
  const look = `ls -ld ${quoted(path)}`
  const open = `${path} has mode ${octal(mode)}`
  if (kind === 'link' || kind === 'file' || kind === 'other')
    return broken(id, {
      says: `${what} is ${kind === 'link' ? 'a link' : 'no folder'}`,
      because: `${path} must be a folder of its own: whoever owns a link decides where the data goes`,
      next: [look, ...next],
    })
  if (kind === 'hidden')
    return broken(id, {
      says: `${what} cannot be reached`,
      because: `this user may not enter a folder above ${path} (${obstacle})`,
      next: [`namei -l ${quoted(path)}`, ...next],
    })
  if (!writable)
    return broken(id, {
      says: kind === 'missing' ? `${what} cannot be made` : `${what} cannot be written to`,
      because: `${path}: ${reason(obstacle)}`,
      next: [look, ...next],
    })
  if (inMemory)
    return broken(id, {
      says: `${what} lies in memory`,
      because: `what is in ${path} is gone when this machine restarts`,
      next,
    })
  if (kind === 'missing') return fine(id, `${what} will be made when it is first needed`, path)
  if ((mode & 0o022) !== 0)
    return broken(id, {
      says: `others may write to ${what}`,
      because: `${open}: others could exchange what is in it`,
      next: [`chmod 700 ${quoted(path)}`],
    })
  if (owner === 'somebody else')
    return doubtful(id, {
      says: `${what} belongs to somebody else`,
      because: `whoever owns ${path} may change everything in it`,
      next: [look],
    })
  if ((mode & 0o077) !== 0)
    return doubtful(id, {
      says: `${what} is open to others`,
      because: `${open}: others can see what is in it`,
      next: [`chmod 700 ${quoted(path)}`],
    })
  return fine(id, `${what} can be written to, and by its owner alone`, path)
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its file system is full',
  EDQUOT: 'the quota of this user is used up',
  ENOTDIR: 'a file is in the way',
  EIO: 'the disk reports an error',
}

function reason(obstacle: string): string {
  const words = reasons[obstacle]
  return words === undefined ? obstacle : `${words} (${obstacle})`
}
