rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: process.env.DEMO_HOST }] })
while (!db.hello().isWritablePrimary) sleep(50)
db.createUser({
  user: process.env.MONGO_INITDB_ROOT_USERNAME,
  pwd: process.env.MONGO_INITDB_ROOT_PASSWORD,
  roles: ['root'],
})
