import { execa } from 'execa'
import { expect } from 'vitest'
import type { Troubles } from '../../../src/checks/troubleshoot/judge.js'
import { ops, type Ended } from '../../support/cli.js'
import { clientOf } from '../../support/mongoServer.js'
import { referenceSignIn, type ReferenceStack } from '../../support/referenceStack.js'

/** What `ops troubleshoot` says. */
export interface Said extends Pick<Troubles, 'symptoms' | 'verdict' | 'clear'> {
  readonly exitCode: number
  readonly causes: readonly string[]
}

/** Holds that the password was not said, in whatever form. */
export function nothingSecret({ stdout, stderr }: Ended): void {
  for (const form of [referenceSignIn.password, encodeURIComponent(referenceSignIn.password)])
    expect(stdout + stderr).not.toContain(form)
}

/** Asks, and holds that nothing secret was said. */
export async function asked(
  stack: Pick<ReferenceStack, 'folder' | 'state'>,
  ...argv: readonly string[]
): Promise<Said> {
  const ended = await ops(stack, ['troubleshoot', ...argv, '--json'])
  nothingSecret(ended)
  const { result } = JSON.parse(ended.stdout) as { result?: Troubles }
  if (!result) throw new Error(ended.stdout)
  const { symptoms, verdict, clear } = result
  const causes = symptoms.map(({ cause }) => cause)
  return { exitCode: ended.exitCode, symptoms, verdict, clear, causes }
}

/** Has it put right; throws what was said where it was not. */
export async function putRight(
  stack: Pick<ReferenceStack, 'folder' | 'state'>,
  ...argv: readonly string[]
): Promise<{
  readonly exitCode: number
  readonly cause: string
  readonly receipt: string | null
  readonly did: Readonly<Record<string, unknown>>
}> {
  const ended = await ops(stack, [
    'troubleshoot',
    ...argv,
    '--fix',
    '--confirm',
    'medical',
    '--json',
  ])
  nothingSecret(ended)
  const { result } = JSON.parse(ended.stdout) as {
    result?: { fixed: Omit<Awaited<ReturnType<typeof putRight>>, 'exitCode'> }
  }
  if (!result) throw new Error(ended.stdout + ended.stderr)
  return { ...result.fixed, exitCode: ended.exitCode }
}

/** How a run that was refused says so. */
export async function refusal(stack: ReferenceStack, ...argv: readonly string[]) {
  const { exitCode, stdout } = await ops(stack, ['troubleshoot', ...argv, '--json'])
  const { error } = JSON.parse(stdout) as { error?: { readonly code: string } }
  return { exitCode, code: error?.code }
}

/** A service that asks the database for its name once a second, and says what comes of it. */
export function reception(changes: {
  readonly host?: string
  readonly password?: string
  readonly networks?: string
}): string {
  const {
    host = 'mongodb',
    password = referenceSignIn.password,
    networks = 'healthcare_network',
  } = changes
  const signIn = [referenceSignIn.username, password].map(encodeURIComponent).join(':')
  const uri = `mongodb://${signIn}@${host}:27017/?authSource=admin&directConnection=true&serverSelectionTimeoutMS=1500`
  return `services:
  reception:
    image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    init: true
    restart: unless-stopped
    stop_grace_period: 1s
    depends_on: {mongodb: {condition: service_started}}
    entrypoint: [bash, -c, 'while true; do mongosh --quiet --norc "$$MONGO_URI" --eval "db.adminCommand({usersInfo: 1}).ok" 2>&1; sleep 1; done']
    environment: {MONGO_URI: '${uri}'}
    networks: [${networks}]
    tmpfs: [/data/db, /data/configdb]
  gatekeeper:
    image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    profiles: [gate]
    restart: always
    entrypoint: [bash, -c, 'echo "GATE_KEY is not set" >&2; exit 3']
    tmpfs: [/data/db, /data/configdb]
  hungry:
    image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    profiles: [gate]
    mem_limit: 32m
    memswap_limit: 32m
    entrypoint: [bash, -c, 'tail /dev/zero']
    tmpfs: [/data/db, /data/configdb]
networks:
  elsewhere: {labels: [ops.test=stack]}
`
}

/** A client of the stack's server. */
export async function using<Answer>(
  container: string,
  use: (client: Awaited<ReturnType<typeof clientOf>>) => Promise<Answer>,
): Promise<Answer> {
  const client = await clientOf(container, referenceSignIn)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

/** Calls docker. */
export const docker = (...argv: readonly string[]) => execa('docker', argv)
