import type { Finding } from '../../domain/finding.js'
import type { PathFacts } from '../../ports/machine.js'
import type { FileEvidence } from './evidence.js'
import { blind, broken, doubtful, fine, unknown, type Words } from './finding.js'
import { quoted } from '../../domain/quoted.js'
import { octal } from './words.js'

/** Who may change `ops.yaml`, and who may read a password that stands in it? */
export function judgeConfigurationFile(
  file: FileEvidence,
  plainPasswords: readonly string[],
): Finding {
  const id = 'configuration.permissions'
  const { path, facts: looked } = file
  if (looked.state !== 'seen')
    return blind(id, `the permissions of ${path}`, looked, [`ls -l ${quoted(path)}`])
  const { mode = 0o600, owner, ownGroup = false } = looked.facts
  const others = ownGroup ? 0o007 : 0o077
  if ((mode & others & 0o022) !== 0)
    return broken(id, {
      says: `others may change ${path}`,
      because: `it has mode ${octal(mode)}, and what it says is run as you`,
      next: [`chmod go-w ${quoted(path)}`],
    })
  if (owner === 'somebody else')
    return doubtful(id, {
      says: `${path} belongs to somebody else`,
      because: 'what it says is run as you',
      next: [`ls -l ${quoted(path)}`],
    })
  if (plainPasswords.length === 0) return fine(id, `${path} can be changed by its owner alone`)
  const password = `${plainPasswords.join(', ')} is a password in plain text`
  if ((mode & others & 0o044) !== 0)
    return broken(id, {
      says: `others may read a password in ${path}`,
      because: `it has mode ${octal(mode)}, and ${password}`,
      next: [`chmod 600 ${quoted(path)}`],
    })
  return kept(id, file, password) ?? fine(id, `${path} can be read and changed by its owner alone`)
}

/** The compose project's `.env`: who reads it reads the database's password. */
export function judgeEnvironmentFile(file: FileEvidence): Finding {
  const id = 'configuration.environment'
  const { path, facts: looked } = file
  if (looked.state !== 'seen') return blind(id, path, looked, [`ls -l ${quoted(path)}`])
  const { kind, mode = 0o600 } = looked.facts
  if (kind === 'missing') return fine(id, `there is no ${path} that could give a password away`)
  if (kind === 'hidden')
    return unknown(id, {
      says: `${path} could not be looked at`,
      because: 'this user may not enter a folder above it',
      next: [`namei -l ${quoted(path)}`],
    })
  const tracked = kept(id, file, 'compose reads passwords from it')
  if (tracked?.severity === 'fail') return tracked
  const because = `it has mode ${octal(mode)}, and compose reads passwords from it`
  const next = [`chmod 600 ${quoted(path)}`]
  if ((mode & 0o022) !== 0) return broken(id, { says: `others may change ${path}`, because, next })
  if ((mode & 0o044) !== 0) return doubtful(id, { says: `others may read ${path}`, because, next })
  return tracked ?? fine(id, `${path} is its owner's alone, and git does not keep it`)
}

/** The files that a target's sign-in is read from: ops refuses one that others may read. */
export function judgeSecretFiles(target: string, files: readonly FileEvidence[]): Finding {
  const id = `${target}.secret-files`
  const found = files.map((file) => judgeSecretFile(id, file))
  const [first, ...others] = found.filter(({ severity }) => severity !== 'ok')
  if (!first)
    return fine(
      id,
      "the secret files are their owner's alone",
      files.map(({ path }) => path).join(', '),
    )
  const because = [first.because, ...others.map(({ says }) => says)].join('; ')
  const next = [...new Set([first, ...others].flatMap((one) => one.next))]
  const failed = others.some(({ severity }) => severity === 'fail')
  return { ...first, severity: failed ? 'fail' : first.severity, because, next }
}

function judgeSecretFile(id: string, file: FileEvidence): Finding {
  const { path, facts: looked } = file
  if (looked.state !== 'seen') return blind(id, path, looked, [`ls -l ${quoted(path)}`])
  const wrong = unusable(looked.facts)
  if (wrong) return broken(id, wrong)
  return kept(id, file, 'it is a password') ?? fine(id, `${path} is its owner's alone`)
}

function unusable({ path, kind, mode = 0o600 }: PathFacts): Words | undefined {
  const next = [`ls -l ${quoted(path)}`]
  if (kind === 'missing')
    return { says: `there is no secret file ${path}`, because: 'ops.yaml names it', next }
  if (kind === 'hidden')
    return {
      says: `the secret file ${path} cannot be reached`,
      because: 'this user may not enter a folder above it',
      next,
    }
  if (kind === 'folder' || kind === 'other')
    return { says: `the secret file ${path} is not a file`, because: 'ops.yaml names it', next }
  if ((mode & 0o077) === 0) return undefined
  return {
    says: `the secret file ${path} is open to others`,
    because: `it has mode ${octal(mode)}: ops refuses it`,
    next: [`chmod 600 ${quoted(path)}`],
  }
}

/** A finding where git keeps a file that nobody else should have, or where that cannot be told. */
function kept(id: string, { path, tracking }: FileEvidence, why: string): Finding | undefined {
  if (tracking.state !== 'seen') return blind(id, `whether git keeps ${path}`, tracking)
  if (tracking.facts.state === 'unknown')
    return unknown(id, {
      says: `it is not known whether git keeps ${path}`,
      because: tracking.facts.because,
      next: [`git ls-files --error-unmatch ${quoted(path)}`],
    })
  if (tracking.facts.state !== 'tracked') return undefined
  return broken(id, {
    says: `git keeps ${path}`,
    because: `${why}; whoever has the repository has it, and its history keeps it: change the password too`,
    next: [
      `git rm --cached ${quoted(path)}`,
      `echo ${quoted(path.split('/').at(-1) ?? path)} >> .gitignore`,
    ],
  })
}
