import { isLoopback } from '../../domain/connectionUri.js'
import type { Finding } from '../../domain/finding.js'
import type { EngineFacts } from '../../ports/engine.js'
import type { PathFacts } from '../../ports/machine.js'
import type { Looked, TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine, unknown } from './finding.js'
import { seen } from './look.js'
import { isExposed } from './reach.js'
import { quoted } from '../../domain/quoted.js'
import { octal } from './words.js'

/**
 * Is what ops and the server say to each other encrypted where it leaves this machine? Loopback and the networks of the
 * engine on this machine leave it nowhere: no finding.
 */
export function judgeWire(
  { name, container, wire, tls }: Pick<TargetEvidence, 'name' | 'container' | 'wire' | 'tls'>,
  engine: Looked<EngineFacts>,
): readonly Finding[] {
  const id = `${name}.wire`
  if (wire && wire.state !== 'seen') return [blind(id, 'how the server is spoken to', wire)]
  if (!wire) {
    // A published port of an engine elsewhere is the way to its containers; without one it is the engine's own.
    if (seen(engine)?.local !== false || tls || !isExposed(container ? { container } : {}))
      return []
    return [unencrypted(id, 'the machine of the engine', ['tls of the target in ops.yaml'])]
  }
  const { elsewhere, encrypted, verified } = wire.facts
  if (elsewhere.length === 0) return []
  const where = elsewhere.join(', ')
  if (!encrypted)
    return [unencrypted(id, where, ['mongodb://…/?tls=true&tlsCAFile=FILE   (uri of the target)'])]
  if (verified) return [fine(id, `what goes to ${where} is encrypted`)]
  return [
    doubtful(id, {
      says: `whoever stands between here and ${where} can pass for it`,
      because: 'its connection string takes every certificate (tlsInsecure, tlsAllowInvalid…)',
      next: ['mongodb://…/?tls=true&tlsCAFile=FILE   (uri of the target)'],
    }),
  ]
}

function unencrypted(id: string, where: string, next: readonly string[]): Finding {
  return doubtful(id, {
    says: `what goes to ${where} is not encrypted`,
    because: 'whoever is on the way reads every document of a backup as it passes',
    next,
  })
}

/** Who may talk to the Docker engine is root on its machine: who may? `socket` is the file it listens at, where it is one. */
export function judgeEngineAccess(
  engine: Looked<EngineFacts>,
  socket: Looked<PathFacts> | undefined,
): readonly Finding[] {
  const id = 'host.engine-access'
  if (engine.state !== 'seen') return [blind(id, 'who may talk to the Docker engine', engine)]
  const { endpoint, encrypted } = engine.facts
  if (socket) return [judgeSocket(id, socket)]
  if (encrypted === undefined) return []
  if (encrypted) return [fine(id, `what goes to ${endpoint} is encrypted`)]
  const words = {
    says: `the Docker engine takes orders at ${endpoint} without TLS`,
    because: 'it asks nobody who he is, and whoever gives it orders is root on its machine',
    next: [
      'DOCKER_HOST=ssh://USER@HOST   (or TLS: https://docs.docker.com/engine/security/protect-access/)',
    ],
  }
  return [isLoopback(hostOf(endpoint)) ? doubtful(id, words) : broken(id, words)]
}

function judgeSocket(id: string, socket: Looked<PathFacts>): Finding {
  if (socket.state !== 'seen') return blind(id, 'the socket of the Docker engine', socket)
  const { path, kind, mode } = socket.facts
  if (kind === 'missing' || kind === 'hidden' || mode === undefined)
    return unknown(id, {
      says: 'it is not known who may talk to the Docker engine',
      because: `the mode of ${path} cannot be seen`,
      next: [`ls -l ${quoted(path)}`],
    })
  if ((mode & 0o002) === 0)
    return fine(id, `only the owner and the group of ${path} talk to the engine`)
  return broken(id, {
    says: 'every user of this machine may talk to the Docker engine',
    because: `${path} has mode ${octal(mode)}, and whoever gives the engine orders is root`,
    next: [`chmod o-rwx ${quoted(path)}`],
  })
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint)
    ? new URL(endpoint).hostname.replace(/^\[|\]$/g, '')
    : endpoint.replace(/^\w+:\/\//, '')
}
