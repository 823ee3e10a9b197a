// Run by mongosh, which has the driver and the BSON types; the work is in plain CommonJS modules beside this file.
const { migrate } = require(`${__dirname}/pipeline.cjs`)
const { settings } = require(`${__dirname}/settings.cjs`)

// The last value of a script is awaited by mongosh, even where it has no top-level await.
migrate(settings(process.env), { connect: (uri) => Mongo(uri), Double }).then((code) =>
  process.exit(code),
)
