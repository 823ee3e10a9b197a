import { connect, createServer } from 'node:net'

/** Whether a port can be had: it is listened on, and let go at once. An address that this machine does not have cannot be. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen({ port, ...(host === '' ? {} : { host }), exclusive: true }, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}

/** Whether a connection comes about. */
export function answers(host: string, port: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: milliseconds })
    const end = (is: boolean) => () => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', end(true))
    socket.once('timeout', end(false))
    socket.once('error', end(false))
  })
}
