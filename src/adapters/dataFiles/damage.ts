import { Failure } from '../../domain/failure.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainers } from '../../ports/ownContainers.js'
import { LineTail } from '../tools/lineTail.js'
import { dataContainer, inside } from './dataContainer.js'
import { inFolder } from './scripts.js'

/** Noise from the second block on, over half of each file: whatever is in use of it is hit. The first block says what it is. */
const script = `largest=$(find . -name 'collection*.wt' -printf '%s %p\\n' | sort -rn | head -n 3 | cut -d ' ' -f 2-)
[ -n "$largest" ]
for file in $largest; do
  blocks=$(( ($(stat -c %s -- "$file") / 4096 + 1) / 2 ))
  dd if=/dev/urandom of="$file" bs=4096 seek=1 count="$blocks" conv=notrunc,fsync status=none
  printf '%s\\n' "$file"
done`

/**
 * Overwrites bytes of the largest data files of a volume, for a drill; gives their names. Throws `DAMAGE_FAILED` (failed), and
 * what starting a container of ours throws.
 */
export async function damageFiles(
  place: DataPlace,
  containers: OwnContainers,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const said = new LineTail((line) => line)
  const request = dataContainer(place, inFolder(script, inside(place)), 'write')
  const container = await containers.start(
    request,
    (chunk) => {
      said.add(chunk)
    },
    signal,
  )
  try {
    container.stdin.end()
    let text = ''
    for await (const chunk of container.stdout) text += Buffer.from(chunk).toString('utf8')
    const { exitCode } = await container.ended()
    const names = text.split('\n').filter((name) => name !== '')
    if (exitCode === 0 && names.length > 0) return names
    throw new Failure(
      'failed',
      'DAMAGE_FAILED',
      `the data files of the clone could not be damaged (exit code ${exitCode.toString()}): ${said.lines().at(-1) ?? 'nothing was said'}`,
      ['ops dr drill'],
    )
  } finally {
    await container.remove()
  }
}
