import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A system user without privileges, as whom a server may run. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

const CANDIDATES = ['nobody', 'postgres', 'daemon'];
const ID_MAX = 2 ** 31 - 1;

/**
 * The user that a PostgreSQL server must run as in this process: null where the process itself has no privileges.
 * initdb and postgres refuse to run as root and look their own user up, so it has to stand in /etc/passwd.
 *
 * @throws Error when the process is root and the system has no other user.
 */
export function serverUser(passwd = '/etc/passwd'): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const users = parsePasswd(readFileSync(passwd, 'utf8'));
  const user = CANDIDATES.map((name) => users.find((each) => each.name === name)).find((each) => each !== undefined);
  const chosen = user ?? users[0];
  if (chosen === undefined) {
    throw new Error(`PostgreSQL does not run as root, and ${passwd} names no other user. Run this command as another user.`);
  }
  return chosen;
}

function parsePasswd(text: string): SystemUser[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    const user = { name: name ?? '', uid: Number(uid), gid: Number(gid) };
    const usable = user.name !== '' && [user.uid, user.gid].every((id) => Number.isInteger(id) && id > 0 && id <= ID_MAX);
    return usable ? [user] : [];
  });
}

/** Whether the user may enter the folder: search permission on it and on everything above it, by mode bits. */
export function mayEnter(folder: string, user: SystemUser): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (!may(path, user, 0o1)) return false;
    if (path === dirname(path)) return true;
  }
}

/** Whether the mode bits give the user read permission (0o4), search or execute permission (0o1) or both on the path itself; nobody has it on what is not there. */
export function may(path: string, user: SystemUser, wanted: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const { mode, uid, gid } = found;
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}
