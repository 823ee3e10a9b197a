/** An `_id` in Extended JSON as people read it: of an object id its digits alone. */
export function shortId(id: string): string {
  return /^\{"\$oid":"([0-9a-f]{24})"\}$/.exec(id)?.[1] ?? id
}
