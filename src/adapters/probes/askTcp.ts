import { connect, type Socket } from 'node:net'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { unanswered } from './unanswered.js'
import { watchedLookup } from './watchedLookup.js'

/** Bytes of a greeting that are looked at. */
const mostBytes = 4_096

/** Connects, listens for the greeting where one is expected, and says nothing. Throws `NAME_UNRESOLVED` (environment). */
export async function askTcp(
  { host, port, greeting }: ProbeOf['tcp'],
  signal: AbortSignal,
): Promise<FactsOf['tcp']> {
  signal.throwIfAborted()
  const begun = performance.now()
  const names = watchedLookup()
  const socket = connect({ host, port, lookup: names.lookup })
  const stop = () => socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await connected(socket)
    const milliseconds = performance.now() - begun
    if (greeting === undefined) return { answered: true, milliseconds }
    return { answered: true, milliseconds, greeted: await greets(socket, greeting) }
  } catch (error) {
    names.requireResolved(error)
    signal.throwIfAborted()
    return unanswered(error)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
    // A socket that was destroyed tells nothing else.
    socket.once('close', () => {
      reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    })
  })
}

async function greets(socket: Socket, greeting: string): Promise<boolean> {
  let heard = ''
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    heard += chunk.toString('latin1')
    if (heard.includes(Buffer.from(greeting).toString('latin1'))) return true
    if (heard.length > mostBytes) return false
  }
  return false
}
