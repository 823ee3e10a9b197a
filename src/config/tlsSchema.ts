import { z } from 'zod'

/** Shape of `tls` of a target. */
export function tlsSchema() {
  const file = z.string().min(1)
  return z
    .strictObject({
      ca: file.describe('File (PEM) of who signed the certificate of the server').exactOptional(),
      certificate: file
        .describe('File (PEM) with a certificate of ours and its key, if the server asks for one')
        .exactOptional(),
      name: z
        .string()
        .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'is not the name of a host')
        .describe("A name in the server's certificate that leads to it inside its container")
        .exactOptional(),
    })
    .describe('Speak TLS to a server in a container; a uri says it by itself')
}
