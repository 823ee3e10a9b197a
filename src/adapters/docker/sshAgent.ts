import { Agent } from 'node:http'
import { Duplex } from 'node:stream'
import { execa } from 'execa'

/** Seconds that reaching the other machine may take. */
const patience = 30

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Connections to an engine behind ssh, each through the `ssh` of this machine, as the docker command line makes them (docker/cli,
 * cli/connhelper): so keys, configuration and known hosts are the operator's, and a machine that shows another host key than it did
 * is not spoken to. Nothing is asked for: what needs a password is refused by ssh itself.
 */
export function sshAgent(endpoint: string, environment: Environment): Agent {
  const createConnection = () => new SshConnection(endpoint, environment)
  return Object.assign(new Agent(), { createConnection })
}

/**
 * One of them. Like a socket it ends on both sides when the other machine ends it. Fails with the last line that ssh printed, where ssh
 * fails.
 */
class SshConnection extends Duplex {
  readonly #ssh

  constructor(endpoint: string, environment: Environment) {
    super({ allowHalfOpen: false })
    const argv = [...sshArguments(endpoint), 'docker', 'system', 'dial-stdio']
    this.#ssh = execa('ssh', argv, {
      env: environment,
      extendEnv: false,
      reject: false,
      stdin: 'pipe',
      buffer: { stdout: false },
    })
    const { stdin, stdout } = this.#ssh
    stdout.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) stdout.pause()
    })
    // What is written after the other side has gone is nobody's any more; that it has gone is told below.
    stdin.on('error', () => undefined)
    void this.#end()
  }

  /** Its exit code comes after its last byte: an end alone would hide why. */
  async #end(): Promise<void> {
    const { failed, stderr, shortMessage } = await this.#ssh
    if (this.destroyed) return
    if (!failed) this.push(null)
    else this.destroy(new Error(`ssh: ${stderr.trim().split('\n').at(-1) || (shortMessage ?? '')}`))
  }

  override _read(): void {
    this.#ssh.stdout.resume()
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, done: () => void): void {
    this.#ssh.stdin.write(chunk, () => {
      done()
    })
  }

  override _final(done: () => void): void {
    this.#ssh.stdin.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ssh.kill()
    done(error)
  }
}

/** `ssh://user@host:port` as ssh takes it; a name that looks like an option stays a name. */
function sshArguments(endpoint: string): readonly string[] {
  const { username, hostname, port } = new URL(endpoint)
  return [
    '-o',
    `ConnectTimeout=${patience.toString()}`,
    '-o',
    'BatchMode=yes',
    '-T',
    ...(username === '' ? [] : ['-l', decodeURIComponent(username)]),
    ...(port === '' ? [] : ['-p', port]),
    '--',
    hostname,
  ]
}
