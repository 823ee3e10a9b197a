/** Something in the oplog whose outcome is not known here; `message` names it, for the sentence of a `Failure`. */
export class Unmodelled extends Error {
  override readonly name = 'Unmodelled'
}
