import { z } from 'zod'
import { sentence } from './checks/keys.js'
import { namePattern } from './names.js'

/** One entry of `symptoms` as it is written. */
export type SymptomFile = z.output<ReturnType<typeof symptomSchema>>

/** What checks together are a sign of, in the words of the operator. */
export function symptomsSchema() {
  return z
    .array(symptomSchema())
    .describe('What checks together are a sign of: `ops troubleshoot` names it, with what to type')
}

function symptomSchema() {
  return z.strictObject({
    name: z
      .string()
      .regex(namePattern, 'is not a usable name (letters, digits, - and _; at most 63)')
      .describe('What the symptom is called: `ops troubleshoot NAME` looks for it alone'),
    says: sentence().describe('What is wrong where it applies'),
    because: sentence().describe('Why; what the checks found follows it').exactOptional(),
    severity: z.enum(['warn', 'fail']).describe('What it counts as').exactOptional(),
    match: z
      .enum(['all', 'any'])
      .describe('Whether each of `when` has to hold, or one of them')
      .exactOptional(),
    when: z.array(conditionSchema()).min(1).describe('What the checks have to have found'),
    next: z
      .array(sentence())
      .min(1)
      .describe(
        'What to type then, line by line; nothing of it is run. Left out: what the checks say',
      )
      .exactOptional(),
  })
}

function conditionSchema() {
  return z.strictObject({
    check: z
      .string()
      .regex(/^[^\s:][^\s]*$/, 'is not the id of a check')
      .describe(
        'Id of a check of `ops health`, or what stands before a colon in it: `declared:shop`, `mongo:medical`',
      ),
    is: z
      .enum(['warn', 'fail', 'unknown'])
      .describe('`warn` is that or worse; `fail` and `unknown` are just that')
      .exactOptional(),
  })
}
