import type { DockerClient } from '../adapters/docker/client.js'
import type { Supplies } from '../ports/supplies.js'

/** The supplies of an engine, whose adapter is loaded at the first call; unlike `later`, it also hands out a stream. */
export function lazySupplies(client: () => Promise<DockerClient>): Supplies {
  let loading: Promise<Supplies> | undefined
  const loaded = () =>
    (loading ??= import('../adapters/docker/supplies.js').then(({ dockerSupplies }) =>
      dockerSupplies(client),
    ))
  return {
    pullImage: async (...given) => (await loaded()).pullImage(...given),
    async *saveImage(...given) {
      yield* (await loaded()).saveImage(...given)
    },
    loadImage: async (...given) => (await loaded()).loadImage(...given),
    volumeMadeAt: async (...given) => (await loaded()).volumeMadeAt(...given),
    makeVolume: async (...given) => (await loaded()).makeVolume(...given),
    hasNetwork: async (...given) => (await loaded()).hasNetwork(...given),
    makeNetwork: async (...given) => (await loaded()).makeNetwork(...given),
  }
}
