import path from 'node:path';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { writeBundle } from '../../../src/snapshot/bundle.js';
import { readSources } from '../../../src/sources/reading/read.js';
import { production, snapshot } from '../casework-snapshot.js';
import { Repository } from '../git/repository.js';
import { tidemarkHere as tidemark } from '../in-process.js';
import type { Ended } from '../tidemark.js';

const CONFIGURATION = `stores:
  - { name: production, role: operational, engine: postgres, url: "\${env:NOBODY_SETS_THIS}", match: [{ name: production }] }
zones:
  internal: ["app.*"]
sources:
  - { path: reports, store: production }
  - path: boards
`;

export const OPEN_CASES = '-- title: Open cases\nSELECT id, opened_at\nFROM app.case_file\nWHERE id = 42;\n';

/** A dashboard of Grafana with one panel a text. */
export function board(panels: Record<string, string>): string {
  const datasource = { type: 'grafana-postgresql-datasource', uid: 'production' };
  const drawn = Object.entries(panels).map(([title, rawSql], index) => ({ id: index + 1, title, type: 'table', datasource, targets: [{ refId: 'A', datasource, format: 'table', rawQuery: true, rawSql }] }));
  return `${JSON.stringify({ uid: 'floor', title: 'Casework floor', schemaVersion: 39, panels: drawn }, null, 2)}\n`;
}

/** A clone of casework's analytics: a report, a dashboard, their configuration, and the bundle beside it, all committed. */
export async function caseworkClone(parts: Partial<Snapshot> = {}, below = ''): Promise<Repository> {
  const clone = new Repository();
  clone.write(path.join(below, 'tidemark.yaml'), CONFIGURATION);
  clone.write(path.join(below, 'reports/open.sql'), OPEN_CASES);
  clone.write(path.join(below, 'boards/floor.json'), board({ Oldest: 'SELECT opened_at FROM app.case_file WHERE id = 7' }));
  clone.write(path.join(below, '.tidemark/.keep'), '');
  const sources = [{ path: 'reports', tool: null, store: 'production' }, { path: 'boards', tool: null, store: null }];
  const { queries, sources: read } = await readSources(sources, { baseDirectory: path.join(clone.folder, below), openDatabase: () => Promise.reject(new Error('no database')) });
  await writeBundle(path.join(clone.folder, below, '.tidemark/bundle.tidemark'), snapshot({ stores: [production], queries, sources: read, ...parts }));
  clone.commit('yesterday');
  return clone;
}

/** Runs `tidemark check` in a folder of the clone. */
export function check(clone: Repository, args: readonly string[] = ['--since', 'HEAD'], { below = '', columns = '100' } = {}): Promise<Ended> {
  return tidemark(['check', ...args, '--no-progress'], { cwd: path.join(clone.folder, below), env: { COLUMNS: columns, LANG: 'C.UTF-8', HOME: clone.folder } });
}
