import { createServer } from 'node:http'
import { chmod } from 'node:fs/promises'

/** An engine that answers and has not a single container: this machine's own one may have any. */
export interface EmptyEngine {
  /** As `DOCKER_HOST` has it. */
  readonly endpoint: string
  stop(): Promise<void>
}

/** Listens on a socket of this path, with these rights on it. */
export async function startEmptyEngine(socket: string, mode = 0o600): Promise<EmptyEngine> {
  const server = createServer((request, response) => {
    const containers = request.url?.includes('/containers/json') === true
    response.writeHead(containers ? 200 : 404, { 'content-type': 'application/json' })
    response.end(containers ? '[]' : '{"message":"there is nothing here"}')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  await chmod(socket, mode)
  return {
    endpoint: `unix://${socket}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}
