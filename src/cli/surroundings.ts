import { homedir } from 'node:os'
import type { Surroundings } from '../config/surroundings.js'

/** What this process was started in; the one place where it is looked up. */
export function surroundings(): Surroundings {
  const uid = process.getuid?.()
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    ...(uid === undefined ? {} : { uid }),
  }
}
