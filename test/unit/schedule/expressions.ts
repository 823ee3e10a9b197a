import fc from 'fast-check'

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const weekdays = 'sun mon tue wed thu fri sat'.split(' ')

/** One item of a field: a number or name, a range, a range with a step. */
function item(least: number, most: number, names: readonly string[]): fc.Arbitrary<string> {
  const said = (value: number) =>
    fc.constantFrom(value.toString(), names[value - least] ?? value.toString())
  const range = fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)])
  return fc.oneof(
    fc.integer({ min: least, max: most }).chain(said),
    range.chain(([from, to]) => fc.tuple(said(from), said(to)).map((ends) => ends.join('-'))),
    fc
      .tuple(range, fc.integer({ min: 1, max: 9 }))
      .map(
        ([[from, to], step]) =>
          `${from.toString()}-${to.toString()}/${Math.min(step, most - least).toString()}`,
      ),
  )
}

function list(least: number, most: number, names: readonly string[] = []): fc.Arbitrary<string> {
  return fc
    .array(item(least, most, names), { minLength: 1, maxLength: 3 })
    .map((all) => all.join(','))
}

function field(least: number, most: number, names: readonly string[] = []): fc.Arbitrary<string> {
  const step = fc.integer({ min: 1, max: 9 })
  return fc.oneof(
    fc.constant('*'),
    step.map((every) => `*/${Math.min(every, most - least).toString()}`),
    list(least, most, names),
  )
}

/** Cron expressions that are taken: everything but both kinds of days with a `*` in one of them. */
export function expressions(): fc.Arbitrary<string> {
  const days = fc.oneof(
    fc.tuple(field(1, 31), fc.constant('*')),
    fc.tuple(fc.constant('*'), field(0, 6, weekdays)),
    fc.tuple(list(1, 31), list(0, 6, weekdays)),
  )
  return fc
    .tuple(field(0, 59), field(0, 23), days, field(1, 12, months))
    .map(([minute, hour, [day, weekday], month]) => [minute, hour, day, month, weekday].join(' '))
}

/** Whole minutes of four years, a leap year among them. */
export function moments(): fc.Arbitrary<Date> {
  const minutes = 4 * 366 * 24 * 60
  return fc
    .integer({ min: 0, max: minutes })
    .map((minute) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000))
}
