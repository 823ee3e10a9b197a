import { defaults } from '../defaults.js'
import { secretReference } from '../secrets.js'
import { patternOf, present, type Asked, type Places } from './asked.js'
import type { CheckFileOf } from './schema.js'

/** What a check of an address asks. */
export function httpAsked(
  file: CheckFileOf<'http'>,
  { absolute }: Pick<Places, 'absolute'>,
): Asked<'http'> {
  const { url, method = 'GET', status = [], contains, ca, maxMilliseconds } = file
  const { origin, pathname } = new URL(url)
  return {
    probe: {
      url,
      method,
      headers: Object.fromEntries(
        Object.entries(file.headers ?? {}).map(([name, secret]) => [
          name,
          secretReference(secret, absolute),
        ]),
      ),
      ...present({ contains, ca: ca === undefined ? undefined : absolute(ca) }),
      ...patternOf(file),
    },
    rule: { address: `${origin}${pathname}`, status, ...present({ maxMilliseconds }) },
  }
}

/** What a check of a port asks. */
export function tcpAsked({ host, port, greeting }: CheckFileOf<'tcp'>): Asked<'tcp'> {
  return {
    probe: { host, port, ...present({ greeting }) },
    rule: { address: addressOf(host, port) },
  }
}

/** What a check of a certificate asks. The rules have seen to it that there is a host or a file. */
export function certificateAsked(
  file: CheckFileOf<'certificate'>,
  { absolute }: Pick<Places, 'absolute'>,
): Asked<'certificate'> {
  const { host, port = 443, serverName, ca, daysLeft = defaults.checks.daysLeft } = file
  if (host === undefined) {
    const path = absolute(file.file ?? '')
    return { probe: { kind: 'file', path }, rule: { what: path, daysLeft } }
  }
  const name = serverName ?? host
  const trusted = present({ ca: ca === undefined ? undefined : absolute(ca) })
  return {
    probe: { kind: 'address', host, port, name, ...trusted },
    rule: { what: addressOf(host, port), daysLeft },
  }
}

function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port.toString()}`
}
