/** The loop of the folding module, and its memory. */
export interface FoldingEngine {
  /** See `foldingModule`. */
  readonly run: (target: number, source: number, end: number) => void
  readonly memory: Uint8Array
}

/** Of WebAssembly what is used here; the types that Node comes with leave it out. */
export interface WebAssemblyOfNode {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

/**
 * Makes a folding module run, in less than a millisecond. Undefined where it cannot: Node is told to do without WebAssembly,
 * the processor is one (or an emulated one) without vectors, or the process may not reserve (`ulimit -v`) the gigabytes of
 * addresses, not of memory, by which the engine guards each module.
 */
export function foldingEngine(
  bytes: Uint8Array,
  api: WebAssemblyOfNode | undefined = ofThisProcess(),
): FoldingEngine | undefined {
  if (!api?.validate(bytes)) return undefined
  const exports = exportsOf(bytes, api)
  if (!exports) return undefined
  const { fold, memory } = exports as {
    readonly fold: FoldingEngine['run']
    readonly memory: { readonly buffer: ArrayBuffer }
  }
  return { run: fold, memory: new Uint8Array(memory.buffer) }
}

function ofThisProcess(): WebAssemblyOfNode | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyOfNode }).WebAssembly
}

function exportsOf(bytes: Uint8Array, { Module, Instance }: WebAssemblyOfNode): object | undefined {
  try {
    return new Instance(new Module(bytes)).exports
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
