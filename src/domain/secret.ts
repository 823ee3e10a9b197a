/**
 * A value that must never be printed. Every usual way of turning it into text gives `[secret]`; only `reveal` hands it
 * out, and its callers write it to a file descriptor or a driver option, nowhere else.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}

/** Where a secret is to be fetched from, at the moment it is needed. The configuration never holds the value itself. */
export type SecretReference =
  | { readonly from: 'value'; readonly value: Secret }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'command'; readonly command: readonly string[] }
  | { readonly from: 'compose'; readonly service: string; readonly variable: string }

/** Where a secret key is to be fetched from: it never stands in the configuration itself. */
export type KeyReference = Extract<SecretReference, { readonly from: 'file' | 'command' }>
