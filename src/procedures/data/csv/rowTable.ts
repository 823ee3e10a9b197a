/** The four numbers that a key is known by: 128 bits of a digest. */
export type KeyDigest = readonly [number, number, number, number]

/** What stands before the fields of a row: its key, line, how often it was met on each side, the digest of all its fields. */
const heading = { line: 4, inFile: 5, stored: 6, row: 7, fields: 8 } as const

/** How a key was met on both sides. */
export interface MetKey {
  /** Of the first row that has it. */
  readonly line: number
  readonly inFile: number
  readonly stored: number
  /** Numbers of the fields whose values are not the same on both sides; only where it was met equally often. */
  readonly differing: readonly number[]
  /** Whether the rows as a whole are not the same, whatever the fields say one by one. */
  readonly isOther: boolean
}

/**
 * The rows of a file without their values, so that a million of them fit into memory: digests of 32 bits, added for the rows of a key
 * and taken away again for its documents. What is left over differs. Rows that share a key are compared in no order.
 */
export class RowTable {
  readonly #stride: number
  readonly #most: number
  #cells: Uint32Array
  #slots: Int32Array
  #size = 0

  /**
   * @param fields digests that each row has
   * @param mostBytes what it may take of memory
   */
  constructor(
    private readonly fields: number,
    mostBytes: number,
  ) {
    this.#stride = heading.fields + fields
    this.#most = Math.max(1, Math.floor(mostBytes / RowTable.bytesOf(fields)))
    this.#cells = new Uint32Array(Math.min(1024, this.#most) * this.#stride)
    this.#slots = new Int32Array(4096).fill(-1)
  }

  /** What a row with so many fields takes of memory. */
  static bytesOf(fields: number): number {
    return 4 * (heading.fields + fields)
  }

  /** Adds a row of the file; false where there is no room for another key. */
  add(key: KeyDigest, line: number, row: number, digests: readonly number[]): boolean {
    let entry = this.#find(key)
    if (entry < 0) {
      if (this.#size >= this.#most) return false
      entry = this.#make(key, line)
    }
    this.#count(entry, heading.inFile, 1)
    this.#move(entry, row, digests, 1)
    return true
  }

  /** Whether a row has that key. */
  has(key: KeyDigest): boolean {
    return this.#find(key) >= 0
  }

  /** Whether one row has that key, and says this. */
  holds(key: KeyDigest, row: number): boolean {
    const entry = this.#find(key)
    if (entry < 0) return false
    const at = entry * this.#stride
    return this.#cells[at + heading.inFile] === 1 && this.#cells[at + heading.row] === row
  }

  /** Takes a document away from the rows of its key; nothing where no row has it. */
  take(key: KeyDigest, row: number, digests: readonly number[]): MetKey | undefined {
    const entry = this.#find(key)
    if (entry < 0) return undefined
    this.#count(entry, heading.stored, 1)
    this.#move(entry, row, digests, -1)
    return this.#met(entry)
  }

  /** Every key, in the order of the file. */
  *keys(): Generator<MetKey> {
    for (let entry = 0; entry < this.#size; entry += 1) yield this.#met(entry)
  }

  #met(entry: number): MetKey {
    const at = entry * this.#stride
    const cell = (offset: number) => this.#cells[at + offset] ?? 0
    const [inFile, stored] = [cell(heading.inFile), cell(heading.stored)]
    const differing: number[] = []
    if (inFile === stored)
      for (let field = 0; field < this.fields; field += 1)
        if (cell(heading.fields + field) !== 0) differing.push(field)
    const isOther = inFile === stored && cell(heading.row) !== 0
    return { line: cell(heading.line), inFile, stored, differing, isOther }
  }

  #count(entry: number, what: number, by: number): void {
    const at = entry * this.#stride + what
    this.#cells[at] = (this.#cells[at] ?? 0) + by
  }

  #move(entry: number, row: number, digests: readonly number[], sign: 1 | -1): void {
    this.#count(entry, heading.row, sign * row)
    digests.forEach((digest, field) => {
      this.#count(entry, heading.fields + field, sign * digest)
    })
  }

  #find(key: KeyDigest): number {
    const mask = this.#slots.length - 1
    for (let slot = key[0] & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? -1
      if (entry < 0) return -1
      const at = entry * this.#stride
      if (key.every((part, offset) => this.#cells[at + offset] === part)) return entry
    }
  }

  #make(key: KeyDigest, line: number): number {
    const entry = this.#size
    if ((entry + 1) * this.#stride > this.#cells.length) this.#growCells()
    if ((entry + 1) * 2 > this.#slots.length) this.#growSlots()
    this.#cells.set([...key, line], entry * this.#stride)
    this.#size += 1
    this.#place(entry, key[0])
    return entry
  }

  #place(entry: number, first: number): void {
    const mask = this.#slots.length - 1
    let slot = first & mask
    while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry
  }

  #growCells(): void {
    const rows = Math.min(this.#most, this.#size * 2)
    const larger = new Uint32Array(rows * this.#stride)
    larger.set(this.#cells)
    this.#cells = larger
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1)
    for (let entry = 0; entry < this.#size; entry += 1)
      this.#place(entry, this.#cells[entry * this.#stride] ?? 0)
  }
}
