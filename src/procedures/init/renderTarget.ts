import type { DraftTarget } from './draft.js'
import { comment, flowList, quoted, scalar } from './scalar.js'
import type { DraftReference, SignIn } from './signIn.js'
import type { DraftWriter } from './writers.js'

/** One entry of `targets`, indented by two. */
export function renderTarget(target: DraftTarget): readonly string[] {
  return [
    `${scalar(target.name)}:`,
    ...[
      ...target.found.map(comment),
      `${target.place}: ${target.place === 'uri' ? quoted(`\${${target.at}}`) : scalar(target.at)}`,
      comment(target.databasesComment),
      `databases: ${flowList(target.databases)}`,
      ...signInLines(target.signIn),
      ...writerLines(target.writers),
      "# auto: the tools in the server's container where they are, else those of this machine.",
      'engine: auto',
    ].map((line) => `  ${line}`),
  ].map((line) => `  ${line}`)
}

function signInLines(signIn: SignIn): readonly string[] {
  if (signIn.kind === 'none') return signIn.comments.map(comment)
  return [
    ...signIn.comments.map(comment),
    'credentials:',
    `  username: ${reference(signIn.username)}`,
    `  password: ${reference(signIn.password)}`,
    '  authSource: admin',
  ]
}

function reference(draft: DraftReference): string {
  if ('compose' in draft) return `{compose: ${scalar(draft.compose)}}`
  if ('file' in draft) return `{file: ${scalar(draft.file)}}`
  if ('command' in draft) return `{command: ${flowList(draft.command)}}`
  return quoted(draft.text)
}

function writerLines(writers: readonly DraftWriter[]): readonly string[] {
  if (writers.length === 0) {
    return [
      '# Nothing was found that writes to it. Whatever does must be named, or it writes into a restore.',
      'writers: []',
    ]
  }
  return [
    '# What writes to it: stopped before a restore. A service is started again afterwards; a job never is, because a',
    '# loader that runs again would overwrite what was just restored.',
    'writers:',
    ...writers.map(
      (writer) =>
        `  - {service: ${scalar(writer.service)}, kind: ${writer.kind}} ${comment(writer.comment)}`,
    ),
  ]
}
