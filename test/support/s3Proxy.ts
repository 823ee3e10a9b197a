import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What can come of one request. */
export const requestHurts = [
  /** The client is killed before the request arrives. */
  'killed before',
  /** The service does it, and the client is killed before it hears of that. */
  'killed after',
  /** The service has no room. */
  'full',
  /** Its disk fails once. */
  'broken',
] as const
export type RequestHurt = (typeof requestHurts)[number]

/** A way to a service on which one request goes wrong. It hands everything else on as it is, signatures included. */
export interface S3Proxy {
  readonly endpoint: string
  /** Method and path of each request since `watch`, as they came in. */
  readonly requests: readonly string[]
  /** Begins to count; the request of that number (the first is 1) is hurt. `kill` ends the client on the spot. */
  watch(hurt?: { readonly at: number; readonly how: RequestHurt; readonly kill: () => void }): void
  remove(): Promise<void>
}

const answers = {
  full: [507, 'InsufficientStorage'],
  broken: [500, 'InternalError'],
} as const

export async function startS3Proxy(service: string): Promise<S3Proxy> {
  const { hostname, port } = new URL(service)
  const requests: string[] = []
  let wanted: Parameters<S3Proxy['watch']>[0]

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part as Buffer)
    requests.push(`${method} ${url}`)
    const hurt = requests.length === wanted?.at ? wanted : undefined
    if (hurt?.how === 'full' || hurt?.how === 'broken') {
      const [status, code] = answers[hurt.how]
      outgoing.writeHead(status, { 'Content-Type': 'application/xml' })
      outgoing.end(`<Error><Code>${code}</Code><Message>${hurt.how}</Message></Error>`)
      return
    }
    if (hurt?.how === 'killed before') {
      hurt.kill()
      return
    }
    const onward = request({ hostname, port, method, path: url, headers })
    onward.on('response', (answer) => {
      if (hurt) {
        answer.on('end', hurt.kill).resume()
        return
      }
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(Buffer.concat(parts))
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port.toString()}`,
    requests,
    watch(hurt) {
      requests.length = 0
      wanted = hurt
    },
    async remove() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
