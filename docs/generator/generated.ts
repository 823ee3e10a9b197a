import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { jsonSchemaText } from '../../src/config/jsonSchema.js'
import { allCommands } from './commands.js'
import { keysTable } from './configurationPart.js'
import { environmentPart } from './environmentPart.js'
import { errorsPage } from './errorsPage.js'
import { exitCodesPage } from './exitCodesPage.js'
import { failurePlaces } from './failures.js'
import { root, withPart, type Generated } from './files.js'
import { referencePages } from './reference.js'
import { allRooms } from './rooms.js'
import { roomsPicture } from './roomsPicture.js'

/** Every file of the documentation that is made from the sources, and every page that has a part that is. */
export async function everythingGenerated(): Promise<readonly Generated[]> {
  const commands = await allCommands()
  return [
    ...referencePages(commands),
    exitCodesPage(),
    errorsPage(await failurePlaces()),
    roomsPicture(allRooms()),
    await schema(),
    await configuration(environmentPart(commands)),
  ]
}

async function schema(): Promise<Generated> {
  const path = 'docs/ops.schema.json'
  const options = await resolveConfig(join(root, path))
  return { path, text: await format(jsonSchemaText(), { ...options, parser: 'json' }) }
}

async function configuration(environment: string): Promise<Generated> {
  const path = 'docs/configuration.md'
  const page = await readFile(join(root, path), 'utf8')
  return { path, text: withPart(withPart(page, 'keys', keysTable()), 'environment', environment) }
}
