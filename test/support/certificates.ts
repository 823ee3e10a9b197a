import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** An authority of a test, and what it signed. */
export interface Certificates {
  readonly folder: string
  /** Who signs. */
  readonly ca: string
  /** The server's certificate with its key, for `localhost` and `mongodb`. */
  readonly server: string
  /** A client's certificate with its key. */
  readonly client: string
  remove(): Promise<void>
}

/** Makes an authority of its own and has it sign a server's and a client's certificate. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-tls-'))
  // mongod runs as somebody else in its container.
  await chmod(folder, 0o755)
  const openssl = (...argv: string[]) => execa('openssl', argv, { cwd: folder })
  const key = ['-newkey', 'rsa:2048', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=ops-test-ca',
    '-days',
    '2',
  )
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,DNS:mongodb\n')
  for (const [name, subject] of [
    ['server', '/O=servers/CN=mongodb'],
    ['client', '/O=clients/CN=ops'],
  ] as const) {
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signing,
      '-extfile',
      'names',
      '-out',
      `${name}.crt`,
    )
    await execa('sh', ['-c', `cat ${name}.crt ${name}.key >${name}.pem && chmod 644 ${name}.pem`], {
      cwd: folder,
    })
  }
  return {
    folder,
    ca: join(folder, 'ca.pem'),
    server: join(folder, 'server.pem'),
    client: join(folder, 'client.pem'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
