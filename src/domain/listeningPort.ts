/** Ports of servers that are told no other, by what they are (manual, "Default MongoDB Port"). */
const ofParts = { '--shardsvr': 27_018, '--configsvr': 27_019 } as const

/** mongod's port by its arguments (`--port N`, `--port=N`); 27017 otherwise, or that of the part of a cluster that it is. */
export function listeningPort(command: readonly string[]): number {
  const words = wordsOf(command)
  const [, part] = Object.entries(ofParts).find(([option]) => words.includes(option)) ?? []
  return givenPort(words) ?? part ?? 27_017
}

/** The same, or nothing where a configuration file that nobody here has read may name another. */
export function knownListeningPort(command: readonly string[]): number | undefined {
  const words = wordsOf(command)
  const file = words.some((word) => /^(?:-f|--config)(?:=|$)/.test(word))
  return file && givenPort(words) === undefined ? undefined : listeningPort(command)
}

function wordsOf(command: readonly string[]): readonly string[] {
  return command.flatMap((part) => part.split(/\s+/))
}

function givenPort(words: readonly string[]): number | undefined {
  const at = words.findIndex((word) => word === '--port' || word.startsWith('--port='))
  if (at < 0) return undefined
  const text = words[at]?.includes('=') ? words[at].split('=')[1] : words[at + 1]
  const port = Number(text)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}
