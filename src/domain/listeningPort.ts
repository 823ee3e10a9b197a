/** mongod's port by its arguments (`--port N`, `--port=N`); 27017 otherwise. */
export function listeningPort(command: readonly string[]): number {
  const words = command.flatMap((part) => part.split(/\s+/))
  const at = words.findIndex((word) => word === '--port' || word.startsWith('--port='))
  const text = words[at]?.includes('=') ? words[at].split('=')[1] : words[at + 1]
  const port = at < 0 ? NaN : Number(text)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 27_017
}
