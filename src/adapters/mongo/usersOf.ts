import type { Db } from 'mongodb'

interface User {
  readonly user: string
  readonly db: string
  readonly roles: readonly { readonly role: string; readonly db: string }[]
}

/** Every user of every database; without being asked for them the server tells no credentials. */
export async function usersOf(
  admin: Db,
): Promise<
  readonly { readonly user: string; readonly database: string; readonly roles: readonly string[] }[]
> {
  const answer = await admin.command({ usersInfo: { forAllDBs: true } })
  return (answer['users'] as readonly User[]).map(({ user, db, roles }) => ({
    user,
    database: db,
    roles: roles.map((one) => `${one.role}@${one.db}`),
  }))
}
