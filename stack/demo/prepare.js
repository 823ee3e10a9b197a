// A small collection of its own, so that dropping it hurts; anything that an earlier run left goes.
records.audit_trail.drop()
records.tmp_import.drop()
const actions = ['login', 'read', 'update', 'logout']
records.audit_trail.insertMany(
  Array.from({ length: 500 }, (_, at) => ({
    at: new Date(Date.UTC(2026, 0, 7) + at * 60000),
    user: `nurse${at % 20}`,
    action: actions[at % actions.length],
  })),
)
records.audit_trail.createIndex({ user: 1, at: 1 })
