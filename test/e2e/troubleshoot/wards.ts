import { referenceSignIn } from '../../support/referenceStack.js'

/** Services that stand beside the database, each with a way to go wrong. None of them starts unless it is named. */
export function wards({ clerkPassword = referenceSignIn.password } = {}): string {
  const [name, word] = [referenceSignIn.username, clerkPassword].map(encodeURIComponent)
  const service = `image: \${OPS_MONGO_IMAGE}
    labels: [ops.test=stack]
    init: true
    stop_grace_period: 1s
    networks: [healthcare_network]
    tmpfs: [/data/db, /data/configdb]`
  return `services:
  # Well as long as a file is there, which it makes when it is started.
  desk:
    ${service}
    profiles: [desk]
    entrypoint: [bash, -c, 'touch /tmp/well; exec sleep infinity']
    healthcheck: {test: [CMD, test, -f, /tmp/well], interval: 1s, retries: 2}
  # Ends where the database refuses it.
  clerk:
    ${service}
    profiles: [clerk]
    restart: always
    entrypoint: [bash, -c, 'mongosh --quiet --norc "$$MONGO_URI" --eval "db.adminCommand({usersInfo: 1}).ok" 2>&1 && exec sleep infinity']
    environment: {MONGO_URI: 'mongodb://${name ?? ''}:${word ?? ''}@mongodb:27017/?authSource=admin&directConnection=true'}
  # No variable of it names an address: where it looks is not to be seen.
  courier:
    ${service}
    profiles: [courier]
    depends_on: {mongodb: {condition: service_started}}
    entrypoint: [bash, -c, 'while true; do mongosh --quiet --norc "mongodb://mongodb:27019/?serverSelectionTimeoutMS=500" --eval 1 2>&1; sleep 1; done']
  # Loads two admissions, whose numbers are unique.
  migration_app:
    user: 0:0
    entrypoint: [mongosh, --nodb, --quiet, --norc, --file, /load.js]
    volumes: ['./load.js:/load.js:ro']
`
}

/** What the job does. */
export const load = `const { MONGO_USERNAME, MONGO_PASSWORD } = process.env
const signIn = [MONGO_USERNAME, MONGO_PASSWORD].map(encodeURIComponent).join(':')
const records = Mongo('mongodb://' + signIn + '@mongodb:27017/?replicaSet=rs0&authSource=admin').getDB('medical_records')
records.admissions.createIndex({ number: 1 }, { unique: true })
records.admissions.insertMany([{ number: 4711, name: 'Ada' }, { number: 4712, name: 'Ada' }])
`
