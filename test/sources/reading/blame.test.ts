import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitBlame } from '../../../src/cli/git-blame.js';
import { processHost } from '../../../src/cli/host.js';
import { readSources } from '../../../src/sources/reading/read.js';
import { folder } from '../folder.js';

test('what nobody else owns belongs to who wrote most of its lines, and nothing of the repository is run', async () => {
  const base = await folder({
    'reports/a.sql': 'SELECT region,\n  count(*)\nFROM app.case_file\nGROUP BY region;\n\n-- owner: Reporting\nSELECT 1 FROM app.fee;\n',
    'reports/new.sql': 'SELECT 2 FROM app.fee;\n',
  });
  const git = (author: string, ...args: string[]): void =>
    void execFileSync('git', ['-c', `user.name=${author}`, '-c', 'user.email=x@authority.example', ...args], { cwd: base, stdio: 'ignore' });
  git('Ines Krall', 'init');
  git('Ines Krall', 'add', 'reports/a.sql');
  git('Ines Krall', 'commit', '-m', 'a');
  git('Ines Krall', 'config', 'core.fsmonitor', `touch ${join(base, 'ran')}; false`);
  const blame = gitBlame(processHost(), new AbortController().signal);
  const { queries } = await readSources([{ path: 'reports', tool: 'sql-files', store: null }], { baseDirectory: base, blame });
  expect(queries.map(({ id, owners }) => [id, owners])).toEqual([
    ['sql-files:reports/a.sql:1', [{ name: 'Ines Krall', via: 'git-blame' }]],
    ['sql-files:reports/a.sql:2', [{ name: 'Reporting', via: 'owner-field' }]],
    ['sql-files:reports/new.sql', []],
  ]);
  expect(await readSources([{ path: 'ran', tool: 'sql-files', store: null }], { baseDirectory: base }).then(({ gaps }) => gaps[0]?.cause)).toBe('the path does not exist');
});
