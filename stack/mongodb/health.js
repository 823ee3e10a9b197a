// Run by mongosh in the database container. The password comes from the environment, never from an argument.
const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: password } = process.env
const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
const wait = 'serverSelectionTimeoutMS=2000&connectTimeoutMS=2000'

try {
  const client = Mongo(
    `mongodb://${login}@mongodb:27017/?authSource=admin&directConnection=true&${wait}`,
  )
  const admin = client.getDB('admin')

  if (!admin.hello().setName) {
    print('initiating the replica set')
    admin.adminCommand({
      replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] },
    })
  }
  for (let tries = 0; tries < 50 && !admin.hello().isWritablePrimary; tries++) sleep(100)

  // Unlike hello, this needs the password.
  const { myState } = admin.adminCommand({ replSetGetStatus: 1 })
  if (myState !== 1) throw new Error(`not primary (state ${myState})`)
  quit(0)
} catch (error) {
  print(error.message)
  quit(1)
}
