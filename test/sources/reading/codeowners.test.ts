import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCodeOwners } from '../../../src/sources/reading/codeowners.js';
import { readSources } from '../../../src/sources/reading/read.js';
import { folder } from '../folder.js';

const text = `
# who answers for what
*                     @authority/platform
*.sql                 @authority/data   # scripts
/reports/             @authority/reporting
reports/finance/*.sql finance@authority.example
docs/**/draft.sql     @authority/writers
/reports/orphan.sql
[Section of GitLab]
with\\ space.sql       @authority/spaces
`;

test('the last line that fits says who owns a file', () => {
  const { ownersOf } = parseCodeOwners(text, '/srv/repo');
  const owner = (path: string): string => ownersOf(join('/srv/repo', path)).join(' ');
  expect(owner('metabase/cards/a.yaml')).toBe('@authority/platform');
  expect(owner('metabase/a.sql')).toBe('@authority/data');
  expect(owner('reports/a.sql')).toBe('@authority/reporting');
  expect(owner('reports/deep/er/a.yaml')).toBe('@authority/reporting');
  expect(owner('other/reports/a.yaml')).toBe('@authority/platform');
  expect(owner('reports/finance/a.sql')).toBe('finance@authority.example');
  expect(owner('reports/finance/deep/a.sql')).toBe('@authority/reporting');
  expect(owner('docs/a/b/draft.sql')).toBe('@authority/writers');
  expect(owner('docs/draft.sql')).toBe('@authority/writers');
  expect(owner('reports/orphan.sql')).toBe('');
  expect(owner('x/with space.sql')).toBe('@authority/spaces');
});

test('it stands behind what a script says of its owner', async () => {
  const base = await folder({
    '.github/CODEOWNERS': '*.sql @authority/data',
    'reports/a.sql': '-- owner: Ines Krall\nSELECT 1 FROM app.case_file;',
    'reports/b.sql': 'SELECT 1 FROM app.case_file;',
  });
  const { queries } = await readSources([{ path: 'reports', tool: null, store: null }], { baseDirectory: base });
  expect(queries.map(({ owners }) => owners)).toEqual([
    [{ name: 'Ines Krall', via: 'owner-field' }, { name: '@authority/data', via: 'codeowners' }],
    [{ name: '@authority/data', via: 'codeowners' }],
  ]);
});
