/** What must be removed at the end, in whatever state the test leaves it, and whatever else fails. */
export interface CleanUp {
  /** Hands on what was made, and remembers how to remove it. */
  made<Thing>(thing: Thing, remove: (thing: Thing) => Promise<unknown>): Thing
  /** Removes everything, the newest first; throws the first failure after the last removal. */
  all(): Promise<void>
}

export function cleanUp(): CleanUp {
  const removals: (() => Promise<unknown>)[] = []
  return {
    made(thing, remove) {
      removals.push(() => remove(thing))
      return thing
    },
    async all() {
      const failures: unknown[] = []
      for (const remove of removals.splice(0).reverse())
        await remove().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}
