/**
 * What the guard runs in mongosh. Its input: the connection string, `lock` and milliseconds right before the lock is taken,
 * `done` once it is released. An input that ends after `lock` and without `done` is that of an ops that is gone; one that
 * says nothing for so long that of an ops that stands still. Then the guard waits for the lock (the server may still be
 * about to grant it), and releases it once. It looks for two minutes, or until it hears `done`.
 */
export const guardScript = `
(async () => {
  const lines = []
  let wake = () => {}
  let ended = false
  let heardDone = false
  let rest = ''
  const arrived = (chunk) => {
    const parts = (rest + chunk).split('\\n')
    rest = parts.pop()
    lines.push(...parts)
    if (parts.includes('done')) heardDone = true
    wake()
  }
  const over = () => {
    ended = true
    wake()
  }
  process.stdin.on('data', arrived)
  process.stdin.on('end', over)
  process.stdin.on('error', over)
  const next = async () => {
    while (lines.length === 0 && !ended) await new Promise((resolve) => (wake = resolve))
    return lines.shift()
  }
  const admin = (await connect(await next())).getSiblingDB('admin')
  await admin.adminCommand({ ping: 1 })
  console.log('watching')
  const [word, limit] = ((await next()) ?? '').split(' ')
  if (word !== 'lock') return
  console.log('armed')
  const late = new Promise((resolve) => setTimeout(resolve, Math.min(Number(limit), 2147483647)))
  if ((await Promise.race([next(), late])) === 'done') return
  for (let attempt = 0; attempt < 240 && !heardDone; attempt++) {
    try {
      const { fsyncLock } = await admin.adminCommand({ currentOp: 1, $ownOps: true })
      if (fsyncLock === true) {
        await admin.adminCommand({ fsyncUnlock: 1 })
        return
      }
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
})().then(
  () => process.exit(0),
  (error) => {
    console.error(error.codeName ?? error.name)
    process.exit(1)
  },
)
`
