/** A text with its `${…}` filled in. */
export interface Interpolated {
  readonly text: string
  /** Variables it names, in order. */
  readonly variables: readonly string[]
  /** Whether everything in it came from the environment: no text of the file, no default. */
  readonly pure: boolean
  /** What could not be filled in, each with a sentence that holds no value. */
  readonly problems: readonly InterpolationProblem[]
}

/** Why a `${…}` could not be filled in. */
interface InterpolationProblem {
  readonly sentence: string
  /** Absent where the reference itself is written wrongly. */
  readonly variable?: string
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}|\$\{/g

/**
 * Fills `${NAME}` and `${NAME:-default}` from the environment, once: what a variable holds is not looked at again.
 * `$${` stands for `${`. A variable that is set to nothing counts as missing, unless a default says otherwise.
 */
export function interpolate(
  raw: string,
  env: Readonly<Record<string, string | undefined>>,
): Interpolated {
  const variables: string[] = []
  const problems: InterpolationProblem[] = []
  let pure = true

  const fill = (match: string, name?: string, fallback?: string, otherwise?: string): string => {
    if (match === '$${') return '${'
    if (name === undefined) {
      problems.push({
        sentence:
          'holds a "${" that is not ${NAME} or ${NAME:-default}; for a plain "${" write "$${"',
      })
      return ''
    }
    variables.push(name)
    const value = env[name]
    if (value !== undefined && value !== '') return value
    if (fallback === undefined) {
      const state = value === undefined ? 'is not set' : 'is empty'
      problems.push({ variable: name, sentence: `environment variable ${name} ${state}` })
      return ''
    }
    if (otherwise !== '') pure = false
    return otherwise ?? ''
  }

  const text = raw.replace(reference, fill)
  if (raw.replace(reference, '') !== '' || raw.includes('$${')) pure = false
  return { text, variables, pure: pure && variables.length > 0, problems }
}
