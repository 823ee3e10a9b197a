import { Failure } from '../../domain/failure.js'
import type { OwnContainers } from '../../ports/ownContainers.js'
import type { Room } from '../../ports/laboratory.js'

/** Free bytes where containers and volumes lie, then the memory that can be had: two lines. */
const script =
  "df -Pk / | tail -n 1 | awk '{print $4}'; awk '/^MemAvailable:/ {print $2}' /proc/meminfo"

/**
 * Asks the engine's machine, wherever it is, through a container that is gone right after. Throws `OWN_CONTAINER_FAILED`,
 * `ROOM_UNKNOWN` (environment).
 */
export async function engineRoom(
  containers: OwnContainers,
  target: string,
  image: string,
  signal: AbortSignal,
): Promise<Room> {
  const container = await containers.start(
    {
      purpose: 'drill',
      target,
      image,
      argv: ['sh', '-c', script],
      network: { kind: 'none' },
      readOnlyRoot: true,
    },
    () => undefined,
    signal,
  )
  try {
    container.stdin.end()
    let text = ''
    for await (const chunk of container.stdout) text += Buffer.from(chunk).toString('utf8')
    const [disk = NaN, memory = NaN] = text.split('\n').map((line) => Number.parseInt(line, 10))
    if (Number.isFinite(disk) && Number.isFinite(memory))
      return { freeBytes: disk * 1024, freeMemoryBytes: memory * 1024 }
    throw new Failure(
      'environment',
      'ROOM_UNKNOWN',
      `the machine of the engine does not say how much room it has: ${JSON.stringify(text.slice(0, 200))}`,
      ['df -h', 'free -m', 'ops doctor'],
    )
  } finally {
    await container.remove()
  }
}
