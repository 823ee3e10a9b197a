import { execa } from 'execa'
import { Failure } from '../../domain/failure.js'
import type { Secret } from '../../domain/secret.js'
import { plainEnvironment } from '../host/plainEnvironment.js'
import { noFiles } from './carriedFiles.js'
import type { ToolHost } from './toolHost.js'

/** The tools of this machine, found on the PATH. */
export function machineHost(
  uri: Secret,
  secrets: readonly Secret[],
  environment: NodeJS.ProcessEnv,
): ToolHost {
  return {
    name: 'host',
    uri,
    secrets,
    // What its connection string names lies on this machine.
    carried: noFiles,

    async start(argv, onStderr) {
      const [command = '', ...rest] = argv
      const child = execa(command, rest, {
        stdin: 'pipe',
        stdout: 'pipe',
        stderr: 'pipe',
        buffer: false,
        encoding: 'buffer',
        reject: false,
        extendEnv: false,
        env: plainEnvironment(environment),
        // A process group of its own: Ctrl-C is for ops, which then stops its tools in order.
        detached: true,
        cleanup: false,
      })
      child.stderr.on('data', onStderr)
      // A write to a tool that has left fails here; its exit code says why.
      child.stdin.on('error', () => undefined)
      return Promise.resolve({
        stdin: child.stdin,
        stdout: child.stdout as AsyncIterable<Uint8Array>,
        async exitCode() {
          const result = await child
          if (result.exitCode !== undefined) return result.exitCode
          if (result.signal !== undefined) return 137
          throw new Failure(
            'environment',
            'TOOL_MISSING',
            `"${command}" could not be started on this machine`,
            ['ops doctor'],
            { cause: result.cause },
          )
        },
        destroy() {
          child.stdin.destroy()
          child.stdout.destroy()
        },
      })
    },

    terminate(processNumber, signal) {
      try {
        process.kill(processNumber, `SIG${signal}`)
      } catch {
        // It has left already, which is what was wanted.
      }
      return Promise.resolve()
    },

    explain: () => Promise.resolve(undefined),
  }
}
