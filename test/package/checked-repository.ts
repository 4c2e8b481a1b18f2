import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = path.join(root, 'bin/tidemark.js');

/** A repository with two reports of the estate, the bundle of the estate beside its configuration, and a branch of which one report is new. */
export interface CheckedRepository {
  /** Everything of it; also a place for files of a test. */
  folder: string;
  repository: string;
  /** The commit that `main` stands at, which `origin/main` names too. */
  base: string;
  git(...args: string[]): string;
  remove(): void;
}

const CONFIGURATION = `stores:
  - { name: production, role: operational, engine: postgres, url: "\${env:SECRET_OF_THE_NIGHTLY_JOB}" }
  - { name: warehouse, role: warehouse, engine: duckdb, url: "\${env:SECRET_OF_THE_NIGHTLY_JOB}" }
zones:
  internal: ["app.*", "shop.*"]
sources:
  - { path: reports, store: production }
`;
const OLD_REPORT = 'SELECT count(*) AS late_tasks FROM app.task WHERE due_at < now();\n';
export const NEW_REPORT = 'SELECT status, count(*) AS orders FROM shop.orders GROUP BY status;\n';

export function checkedRepository(): CheckedRepository {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-package-test-'));
  const repository = path.join(folder, 'repository');
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', ...args], { cwd: repository, env: environment, encoding: 'utf8' }).trim();

  mkdirSync(path.join(repository, 'reports'), { recursive: true });
  mkdirSync(path.join(repository, '.tidemark'));
  writeFileSync(path.join(repository, 'tidemark.yaml'), CONFIGURATION);
  writeFileSync(path.join(repository, 'reports/late.sql'), OLD_REPORT);
  writeFileSync(path.join(repository, '.gitignore'), '.tidemark/bundle.tidemark\n');
  cpSync(path.join(root, 'fixtures/estate/estate.tidemark'), path.join(repository, '.tidemark/bundle.tidemark'));
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=base');
  const base = git('rev-parse', 'HEAD');
  git('update-ref', 'refs/remotes/origin/main', base);
  git('switch', '--quiet', '--create', 'change');
  writeFileSync(path.join(repository, 'reports/orders.sql'), NEW_REPORT);
  git('add', '--all');
  git('commit', '--quiet', '--message=change');
  return { folder, repository, base, git, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
