import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComposePlace } from '../../support/composePlace.js'
import { referenceFiles, referenceSettings, referenceSignIn } from '../../support/referenceStack.js'

/** Of the names that every project on an engine shares. */
const prefix = `opsinit${process.pid.toString()}`

/** A server that `ops init` must find. */
export interface SceneServer {
  readonly service: string
  readonly signIn?: { readonly username: string; readonly password: string }
}

/** A compose project that somebody else wrote. */
export interface Scene {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly servers: readonly SceneServer[]
  /** Files that need an owner of their own, before anything is started. */
  readonly prepare?: (place: ComposePlace) => Promise<void>
}

const label = 'labels: [ops.test=init]'
const server = `image: \${OPS_MONGO_IMAGE}
    ${label}
    command: [mongod, --wiredTigerCacheSizeGB=0.25, --bind_ip_all]`
const tail = `networks: {default: {${label}}}\n`

/** The reference stack as it is, with an override beside it that only labels what is started. */
async function reference(): Promise<Scene> {
  return {
    name: 'the reference stack',
    files: await referenceFiles('init'),
    servers: [{ service: 'mongodb', signIn: referenceSignIn }],
    prepare: (place) => place.write('.env', referenceSettings(prefix), 0o600),
  }
}

const otherNames: Scene = {
  name: 'services and containers with other names',
  files: {
    'compose.yaml': `services:
  patient-store:
    ${server}
    container_name: ${prefix}-records
    ports: ['127.0.0.1::27017']
    environment:
      - MONGO_INITDB_ROOT_USERNAME=keeper
      - MONGO_INITDB_ROOT_PASSWORD=store-secret
  intake-api:
    image: \${OPS_MONGO_IMAGE}
    ${label}
    entrypoint: [sleep, infinity]
    init: true
    depends_on: [patient-store]
    environment:
      DATABASE: mongodb://keeper:store-secret@patient-store:27017/clinic
${tail}`,
  },
  servers: [{ service: 'patient-store', signIn: { username: 'keeper', password: 'store-secret' } }],
}

const envFile: Scene = {
  name: 'credentials in an env_file',
  files: {
    'docker-compose.yml': `services:
  db:
    ${server}
    env_file: [db.env]
    ports: ['127.0.0.1::27017']
${tail}`,
    'db.env':
      'MONGO_INITDB_ROOT_USERNAME=filed\nMONGO_INITDB_ROOT_PASSWORD=from-an-env-file\nOTHER=1\n',
  },
  servers: [{ service: 'db', signIn: { username: 'filed', password: 'from-an-env-file' } }],
}

const unpublished: Scene = {
  name: 'no published port',
  files: {
    'compose.yml': `services:
  mongo:
    ${server}
    environment: {MONGO_INITDB_ROOT_USERNAME: inner, MONGO_INITDB_ROOT_PASSWORD: not-outside}
${tail}`,
  },
  servers: [{ service: 'mongo', signIn: { username: 'inner', password: 'not-outside' } }],
}

const twoServers: Scene = {
  name: 'two servers with passwords of their own',
  files: {
    'docker-compose.yaml': `services:
  clinic:
    ${server}
    environment: {MONGO_INITDB_ROOT_USERNAME: one, MONGO_INITDB_ROOT_PASSWORD: first-secret}
  billing:
    ${server}
    environment: {MONGO_INITDB_ROOT_USERNAME: two, MONGO_INITDB_ROOT_PASSWORD: second-secret}
${tail}`,
  },
  servers: [
    { service: 'clinic', signIn: { username: 'one', password: 'first-secret' } },
    { service: 'billing', signIn: { username: 'two', password: 'second-secret' } },
  ],
}

/** Both the server's user (999) and root, who runs ops, must be able to read it, and nobody else. */
const secretFiles: Scene = {
  name: 'a password in a secret file',
  files: {
    'docker-compose.yml': `services:
  database:
    ${server}
    environment:
      MONGO_INITDB_ROOT_USERNAME: warden
      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/root_password
    secrets: [root_password]
secrets:
  root_password: {file: ./secrets/root_password}
${tail}`,
  },
  servers: [{ service: 'database', signIn: { username: 'warden', password: 'kept-in-a-file' } }],
  prepare: async (place) => {
    await place.write('secrets/root_password', 'kept-in-a-file\n', 0o600)
    await chown(join(place.folder, 'secrets/root_password'), 999, 999)
  },
}

const open: Scene = {
  name: 'no authentication at all',
  files: {
    'docker-compose.yml': `services:
  mongodb:
    ${server}
    ports: ['127.0.0.1::27017']
${tail}`,
  },
  servers: [{ service: 'mongodb' }],
}

/** Every scene. */
export async function scenes(): Promise<readonly Scene[]> {
  return [await reference(), otherNames, envFile, unpublished, twoServers, secretFiles, open]
}
