import { cloneDocument, type CloneWish } from './cloneDocument.js'
import type { ComposeDocument, DocumentMount } from './composeDocument.js'

/**
 * The clone of what a kit's compose files say in a folder that the system is built in again. What the kit lacks of the folder is made
 * empty where a service mounts it, as compose does for the real stack; nothing is made outside of the folder.
 */
export function bareDocument(
  wish: CloneWish,
  folder: string,
): (document: ComposeDocument) => ComposeDocument {
  const made = (mount: DocumentMount): DocumentMount =>
    mount.type === 'bind' && mount.source?.startsWith(`${folder}/`) === true
      ? { ...mount, bind: { create_host_path: true } }
      : mount
  return (document) => {
    const clone = cloneDocument(document, wish)
    const services = Object.entries(clone.services).map(
      ([name, service]) =>
        [
          name,
          service.volumes ? { ...service, volumes: service.volumes.map(made) } : service,
        ] as const,
    )
    return { ...clone, services: Object.fromEntries(services) }
  }
}
