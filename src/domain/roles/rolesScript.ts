import type { Target } from '../target.js'
import { leastUsers } from './leastUsers.js'

/**
 * A script for mongosh that makes the users of a target, or gives those that are there these rights instead of their own.
 * It holds no password: mongosh asks for each. Names are written as JavaScript strings, whatever characters they hold, and
 * stand nowhere else.
 */
export function rolesScript(target: Pick<Target, 'name' | 'databases' | 'pointInTime'>): string {
  return `// Users of the database for ops, each with the rights that one kind of work takes, and no more.
// Made by "ops doctor --roles". No password is in here: mongosh asks for each one.
//
//   mongosh "mongodb://127.0.0.1:27017/" --authenticationDatabase admin --username ADMINISTRATOR --file THIS_FILE
//
// A user who is there already keeps his password, and has these rights afterwards instead of those he had.
// Take out of the list whom you do not need. The users bear the name of the target: another one on this server has its own.
// Whoever reads the oplog (local.oplog.rs) sees documents as they are written. The user for health counts there how much would be
// lost: without that privilege he is told everything else, and "ops health" says of that one that it is not known.

const users = ${literal(leastUsers(target))};

// Before 5.0 there are no time-series, and no word for what they are stored in.
const known = ({ resource }) => !('system_buckets' in resource) || parseInt(db.version()) >= 5;

const admin = db.getSiblingDB('admin');
for (const { user, for: purpose, roles, privileges: all } of users) {
  const privileges = all.filter(known);
  if (admin.getRole(user) === null) admin.createRole({ role: user, roles, privileges });
  else admin.updateRole(user, { roles, privileges });
  const own = [{ role: user, db: 'admin' }];
  if (admin.getUser(user) === null) {
    print('A password for ' + user + ' (' + purpose + ')');
    admin.createUser({ user, pwd: passwordPrompt(), roles: own });
  } else {
    admin.updateUser(user, { roles: own });
  }
  print(user + ' is ready');
}
`
}

/** JSON that is JavaScript too, in every engine: two characters of Unicode end a line in old ones. */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
