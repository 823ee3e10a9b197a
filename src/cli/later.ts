/** A port whose every member is a method that answers later. */
type Answering<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...given: never) => Promise<unknown>
    ? Port[Name]
    : never
}

/**
 * A port whose adapter is loaded at its first call: the packages behind it (dockerode, mongodb, execa) take longer to
 * load than most commands run. A load that failed is tried again by the next call.
 */
export function later<Port extends Answering<Port>>(load: () => Promise<Port>): Port {
  let loading: Promise<Port> | undefined
  const loaded = () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    }))
  return new Proxy({} as Port, {
    get:
      (_, name) =>
      async (...given: unknown[]) => {
        const port = await loaded()
        const method = Reflect.get(port, name) as (...given: unknown[]) => Promise<unknown>
        return method(...given)
      },
  })
}
