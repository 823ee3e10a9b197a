/** Where sockets, devices and the kernel of a machine lie: Docker's own socket is in `/run`, which most call `/var/run`. */
const ofMachine = ['/dev', '/proc', '/run', '/sys', '/var/run']

/** Programs put sockets there; folders within are anybody's. */
const ofEverybody = ['/tmp', '/var/tmp']

/**
 * Whether whoever has this folder or file of the machine could reach more than data through it, read-only or not: what runs on the
 * machine, Docker itself among that. So it is with sockets, with folders that they lie in, and with whatever holds one of those.
 */
export function leadsToMachine(source: string): boolean {
  const path = plain(source)
  if (path.endsWith('.sock')) return true
  return (
    [...ofMachine, ...ofEverybody].some((folder) => isWithin(folder, path)) ||
    ofMachine.some((folder) => isWithin(path, folder))
  )
}

function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

/** Without what means nothing: doubled and trailing strokes, `.` and `..`. */
function plain(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
