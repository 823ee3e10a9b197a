// dbHash sees documents only, so the indexes are listed beside it.
const { md5, collections } = records.runCommand({ dbHash: 1 })
const lines = Object.entries(collections).map(([name, hash]) => {
  const indexes = records
    .getCollection(name)
    .getIndexes()
    .map((index) => index.name)
  return `${name} ${hash} ${indexes.sort().join(' ')}`
})
print([md5, ...lines.sort()].join(';'))
