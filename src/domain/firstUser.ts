/** Names of the variables that an image makes the first user of an empty data folder from. */
export interface FirstUserVariables {
  readonly username: string
  readonly password: string
}

/**
 * Those of the images that make one: docker-library/mongo (docker-entrypoint.sh) and mongodb/mongodb-community-server. Both also take each with
 * `_FILE` behind it: the path, in the container, of a file that holds the value.
 */
export const firstUserVariables: readonly FirstUserVariables[] = [
  { username: 'MONGO_INITDB_ROOT_USERNAME', password: 'MONGO_INITDB_ROOT_PASSWORD' },
  { username: 'MONGODB_INITDB_ROOT_USERNAME', password: 'MONGODB_INITDB_ROOT_PASSWORD' },
]

/** The variable that names a file instead of holding the value. */
export function fileVariable(name: string): string {
  return `${name}_FILE`
}
