import { basename } from 'node:path'
import { assemble } from './assemble.js'
import type { ConfigReading } from './config.js'
import { readDocument, type Reading } from './document.js'
import { encryptionWarnings } from './encryptionSchema.js'
import { problemsOf } from './issues.js'
import { originsOf } from './origins.js'
import { plainPasswords } from './plainPasswords.js'
import { dotted, invalid, textual, type Path, type Problem } from './problem.js'
import { brokenRules } from './rules.js'
import { fileSchema, type ConfigFile } from './schema.js'
import type { Surroundings } from './surroundings.js'
import { withoutPath } from './tree.js'
import { unsupportedIn } from './unsupported.js'

/**
 * The configuration in a text; `path` is the absolute path it is read from (or will be written to). Throws
 * `CONFIG_INVALID` (usage) with every problem and its line and column, or `CONFIG_VARIABLE_MISSING` (usage).
 */
export function parseConfig(text: string, path: string, surroundings: Surroundings): ConfigReading {
  const document = readDocument(text, surroundings.env)
  const { file, problems } = check(document)
  if (file === undefined || problems.length > 0) throw invalid(path, problems)

  const config = assemble(file, path, surroundings)
  const passwords = plainPasswords(file, document.places)
  return {
    config,
    origins: originsOf(config, document.places, surroundings),
    plainPasswords: passwords.map(({ setting }) => setting),
    warnings: [
      ...passwords.map(
        ({ setting, line }) =>
          `${basename(path)}:${line.toString()}: ${setting} is a password in plain text; a reference is safer: \${NAME}, {file: …}, {command: […]} or {compose: SERVICE.VARIABLE}`,
      ),
      ...encryptionWarnings(file.backup?.encryption, basename(path), document.places),
    ],
  }
}

/** Everything that is wrong at once: shape first, and the rules too as soon as the shape allows to ask for them. */
function check(document: Reading): { file?: ConfigFile; problems: readonly Problem[] } {
  const { places } = document
  if (document.value === undefined) return { problems: document.problems }
  if (document.value === null) {
    return {
      problems: [{ path: [], position: { line: 1, column: 1 }, sentence: 'the file is empty' }],
    }
  }

  const refused = unsupportedIn(document.value)
  const supported = refused.reduce<unknown>(
    (value, { path }) => withoutPath(value, path),
    document.value,
  )
  const schema = fileSchema()
  const shape = schema.safeParse(supported)
  const issues = shape.error?.issues ?? []
  const unknownKeys = issues.flatMap((issue): Path[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...textual(issue.path), key])
      : [],
  )
  const known = unknownKeys.reduce<unknown>(withoutPath, supported)
  const file = shape.data ?? schema.safeParse(known).data

  const found = [
    ...refused.map(({ path, sentence }) => ({
      path,
      position: places.keyPosition(path),
      sentence,
    })),
    ...problemsOf(issues, { schema, file: supported, places }),
    ...(file === undefined ? [] : brokenRules(file, places)),
  ]
  return {
    ...(file === undefined ? {} : { file }),
    problems: [...document.problems, ...withoutEchoes(found, document.problems)],
  }
}

/** A value that could not be read has no shape either: what the schema says about it would only confuse. */
function withoutEchoes(found: readonly Problem[], unread: readonly Problem[]): readonly Problem[] {
  const paths = new Set(unread.map((problem) => dotted(problem.path)))
  return found.filter((problem) => !paths.has(dotted(problem.path)))
}
