import type { Failure } from '../../domain/failure.js'
import { Secret } from '../../domain/secret.js'
import { unavailable } from './singleLine.js'

/** Reads a variable of a compose service as the compose file sets it; nothing where it does not. */
export type ComposeVariable = (service: string, variable: string) => Promise<string | undefined>

/** Which variable of which service. */
interface Asked {
  readonly service: string
  readonly variable: string
}

/**
 * The secret that a compose file gives a service. Throws `SECRET_UNAVAILABLE` (usage); where the service gets it
 * through `VARIABLE_FILE`, the sentence says which file inside the container it is.
 */
export async function secretFromCompose(asked: Asked, look: ComposeVariable): Promise<Secret> {
  const value = await look(asked.service, asked.variable)
  if (value !== undefined && value !== '') return new Secret(value)
  throw missing(asked, value, await look(asked.service, `${asked.variable}_FILE`))
}

function missing(asked: Asked, value: string | undefined, file: string | undefined): Failure {
  const name = `${asked.service}.${asked.variable}`
  if (file !== undefined && file !== '') {
    return unavailable(
      `the compose file sets no ${name}: the service reads it from ${file} inside its container (${asked.variable}_FILE); name that file on this machine with {file: …} instead`,
    )
  }
  const state = value === undefined ? `sets no ${name}` : `sets ${name} to nothing`
  return unavailable(`the compose file ${state}, and no ${asked.variable}_FILE either`, [
    'docker compose config --environment',
  ])
}
