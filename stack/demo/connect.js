// Run by mongosh in the database container, or beside an embedded mongod. The password stays in the environment.
const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: password } = process.env
const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
const host = process.env.DEMO_HOST ?? 'localhost:27017'
const records = Mongo(`mongodb://${login}@${host}/?authSource=admin&directConnection=true`).getDB(
  'medical_records',
)
