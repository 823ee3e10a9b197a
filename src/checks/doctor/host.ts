import type { Finding } from '../../domain/finding.js'
import type { EngineFacts } from '../../ports/engine.js'
import type { FolderFacts } from '../../ports/machine.js'
import type { Looked } from './evidence.js'
import { blind, fine, refused } from './finding.js'
import { judgeFolder } from './folder.js'

/** Does the Docker engine answer, and which one is it? */
export function judgeEngine(engine: Looked<EngineFacts>): Finding {
  const id = 'host.engine'
  if (engine.state === 'unseen')
    return blind(id, 'the Docker engine', engine, [
      'docker version',
      'sudo systemctl restart docker',
    ])
  if (engine.state === 'refused') return refused(id, 'the Docker engine does not answer', engine)
  const { version, apiVersion, endpoint, local } = engine.facts
  const where = local ? endpoint : `${endpoint}, on another machine`
  return fine(id, `Docker engine ${version} answers at ${where}`, `API ${apiVersion}`, { version })
}

/** Is there a Docker Compose that ops can use? Without a stack nothing needs it. */
export function judgeCompose(compose: Looked<string>, needed: boolean): Finding {
  const id = 'host.compose'
  if (compose.state === 'seen') {
    const version = compose.facts
    return fine(id, `Docker Compose ${version}`, '', { version })
  }
  if (compose.state === 'unseen')
    return blind(id, 'Docker Compose', compose, ['docker compose version'])
  if (!needed) return fine(id, 'Docker Compose is not there; ops.yaml has no stack that needs it')
  return refused(id, 'there is no usable Docker Compose', compose)
}

/** Can ops keep its receipts and locks? Without them nothing destructive is begun. */
export function judgeStateFolder(folder: Looked<FolderFacts>): Finding {
  return judgeFolder('host.state', 'the state folder', folder, [
    'export OPS_STATE=/a/folder/of/yours',
  ])
}
