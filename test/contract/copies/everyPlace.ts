import { afterAll, afterEach, beforeAll } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { startS3Server, type S3Server } from '../../support/s3Server.js'
import { fakeScene, folderScene, s3Scene, type PlaceScene } from './scenes.js'

/**
 * A scene of each kind of place, for `describe.each`. The bucket's server lives as long as the tests of the file, a scene as long
 * as its test.
 */
export function everyPlace(): readonly (readonly [string, () => Promise<PlaceScene>])[] {
  const clean = cleanUp()
  let server: S3Server
  beforeAll(async () => {
    server = await startS3Server()
  })
  afterAll(() => server.remove())
  afterEach(() => clean.all())
  const lasting = (make: () => Promise<PlaceScene>) => async () => {
    const made = await make()
    return clean.made(made, () => made.remove())
  }
  return [
    ['in memory', lasting(fakeScene)],
    ['in a folder', lasting(folderScene)],
    ['in a bucket', lasting(() => s3Scene(server))],
  ]
}

/** Who watches a copy that nothing disturbs. */
export const calm = () => ({ signal: new AbortController().signal, progress: () => undefined })

/** Content as it comes from a disk: a piece at a time. */
export async function* inPieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 30_000)
    yield await Promise.resolve(content.subarray(at, at + 30_000))
}
