import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditWithJoin } from '../../src/audit.js';
import { buildEstate } from '../../src/cli/demo/estate.js';
import { startPostgres } from '../../src/cli/demo/postgres-server.js';
import { Scratch } from '../../src/cli/scratch.js';
import { loadConfiguration } from '../../src/config/load.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { readSources } from '../../src/sources/reading/read.js';
import { installedServers } from '../support/postgres.js';
import { joinedBy, joinedEntries, plantedCases } from './expected.js';

/** Whether a sort spills depends on how much memory a version's sort takes: a true finding, and no planted one. */
const DEPENDS_ON_VERSION = /^analytical-spills-to-disk /;

/** Column lists of publications exist since PostgreSQL 15. */
const PUBLISHED_WHOLE_BEFORE_15 = ['publication-of-whole-table |  | app.case_file', 'publication-of-whole-table |  | shop.orders'];

/** The oldest, the first with column lists of publications, and the newest: what is collected differs between these, and `test/stores` looks at each. */
const MAJORS = [13, 15, 18];
const servers = installedServers().filter(({ label, major }) => label === 'npm' && MAJORS.includes(major));

describe('the estate has the same findings on every version of PostgreSQL', () => {
  test.each(servers)('PostgreSQL $major', { timeout: 120_000 }, async ({ folder, major }) => {
    const server = await startPostgres({ packageRoot: dirname(dirname(folder)) });
    const scratch = new Scratch(new AbortController().signal);
    try {
      const estate = await buildEstate({ server, directory: server.directory });
      const { configuration, directory } = await loadConfiguration(estate.configurationFile, { environment: estate.environment, connects: true, displayName: 'tidemark.yaml' });
      const read = await readSources(configuration.sources, { baseDirectory: directory });
      const snapshot = await collectSnapshot({ configuration, read, environment: {}, homeDirectory: '/nonexistent' });
      const { report: { findings, gaps }, boundaries } = await auditWithJoin(snapshot, configuration, await loadRules(), '0.0.0', { scratch: ({ engine }) => scratch.space(engine) });
      const found = findings.map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`).sort();
      const planned = (cases: string[]): string[] => cases.filter((line) => !DEPENDS_ON_VERSION.test(line));
      expect(planned(found)).toEqual(planned([...(await plantedCases()), ...(major < 15 ? PUBLISHED_WHOLE_BEFORE_15 : [])].sort()));
      expect(gaps).toEqual([]);
      expect(joinedBy(boundaries)).toEqual(await joinedEntries());
    } finally {
      await scratch.close();
      await server.stop();
    }
  });
});
