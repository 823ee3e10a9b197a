/** The same port, with some of its members replaced: one that is loaded at its first call has no members that could be copied. */
export function withInstead<Port extends object>(port: Port, members: Partial<Port>): Port {
  return new Proxy(port, {
    get(own, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name) as unknown
      const found: unknown = Reflect.get(own, name, own)
      return typeof found === 'function' ? (found.bind(own) as unknown) : found
    },
  })
}
