import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Once before all tests: threads of the product are loaded by Node itself, from dist, also where a test imports from src. */
export const setup = build;

/** Builds dist where it is older than src. Test files run side by side, so only one of them builds. */
export async function build(): Promise<void> {
  const lock = path.join(root, 'node_modules/.tidemark-build');
  while (isStale()) {
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    try {
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--no-check'], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

const LOCK_AGE_MAX_MS = 60_000;

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age_ms = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // Left behind by a run that was killed.
    if (age_ms > LOCK_AGE_MAX_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isStale(): boolean {
  const built = statSync(path.join(root, 'dist/cli/main.js'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  const source = path.join(root, 'src');
  const newest = readdirSync(source, { recursive: true }).map((name) => statSync(path.join(source, String(name)), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  // The compiler writes main.js some time after it has read the last source.
  return Math.max(...newest) >= built.mtimeMs;
}
