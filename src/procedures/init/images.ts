/** Last parts of image names that run a MongoDB server, whoever built them and wherever they are pulled from. */
const serverImages: readonly string[] = [
  'mongo',
  'mongodb',
  'mongo-enterprise',
  'mongodb-community-server',
  'mongodb-enterprise-server',
  'mongodb-atlas-local',
  'percona-server-mongodb',
  'ops-mongo',
]

/** User interfaces for a database: people change data through them. */
const interfaceImages: readonly string[] = [
  'mongo-express',
  'mongoku',
  'adminmongo',
  'admin-mongo',
  'mongo-gui',
  'nosqlclient',
  'mongoclient',
  'dbgate',
]

/** The last part of an image's name: registry, organisation, tag and digest left out. */
function imageName(image: string): string {
  const path = image.replace(/@.*$/s, '')
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/:.*$/s, '')
    .toLowerCase()
}

/** Whether an image runs a MongoDB server. */
export function isServerImage(image: string | undefined): boolean {
  return image !== undefined && serverImages.includes(imageName(image))
}

/** Whether an image is a user interface for a database. */
export function isInterfaceImage(image: string | undefined): boolean {
  return image !== undefined && interfaceImages.includes(imageName(image))
}

/** Whether an image only reads numbers off a database, for monitoring. */
export function isExporterImage(image: string | undefined): boolean {
  return image !== undefined && imageName(image).includes('exporter')
}
