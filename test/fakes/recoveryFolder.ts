import type { RecoveryFolder, SmallFile } from '../../src/ports/recoveryFolder.js'

/** A folder in memory. `others` are paths outside of it that are there. */
export class FakeFolder implements RecoveryFolder {
  readonly files = new Map<string, SmallFile>()
  readonly others = new Set<string>()

  constructor(readonly path = '/srv') {}

  text(name: string): Promise<string | undefined> {
    return Promise.resolve(this.files.get(name)?.text)
  }

  isThere(path: string): Promise<boolean> {
    const inside = [...this.files.keys()].map((name) => `${this.path}/${name}`)
    const found = inside.some((file) => file === path || file.startsWith(`${path}/`))
    return Promise.resolve(found || this.others.has(path))
  }

  names = async (path: string): Promise<readonly string[]> => {
    const inside = [...this.files.keys()].map((name) => `${this.path}/${name}`)
    const below = [...inside, ...this.others].filter((file) => file.startsWith(`${path}/`))
    const names = below.map((file) => file.slice(path.length + 1).split('/')[0] ?? '')
    return Promise.resolve([...new Set(names)])
  }

  write(file: SmallFile): Promise<void> {
    this.files.set(file.name, file)
    return Promise.resolve()
  }
}
