import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const IDENTITY = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@casework.example', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@casework.example', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

/** A repository of its own in a temporary folder, with branch `main`. */
export class Repository {
  readonly folder: string;

  constructor(folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tidemark-repository-')))) {
    this.folder = folder;
    this.git('init', '--quiet', '--initial-branch=main');
    // What a clean-up in the background holds open cannot be removed.
    this.git('config', 'gc.auto', '0');
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.folder, env: { PATH: process.env['PATH'] ?? '', HOME: this.folder, ...IDENTITY }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  write(file: string, text: string | Buffer): this {
    const place = path.join(this.folder, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
    return this;
  }

  /** Commits everything as it stands; gives the name of the commit. */
  commit(message = 'as it stands'): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
