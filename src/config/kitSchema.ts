import { z } from 'zod'

/** Shape of `backup.kit`. */
export function kitSchema() {
  return z
    .strictObject({
      images: z
        .enum(['keep', 'name'])
        .describe(
          'keep: the images of services lie beside the backups, and at each place, once each',
        )
        .exactOptional(),
    })
    .describe('What is kept for a host that has nothing')
}
