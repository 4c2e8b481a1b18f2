import { applyMigrations, readMigrations } from '../../migrations/index.js';
import { configurationFromTargets } from '../../config/defaults.js';
import type { Snapshot, StoreSnapshot } from '../../model/snapshot.js';
import { emptyCatalog } from '../../sql/catalog.js';
import { Pseudonyms } from '../../snapshot/pseudonym.js';
import { redactSql } from '../../snapshot/redact-text.js';
import type { CommandContext } from '../command.js';
import { type NamedText, readText } from '../inspect/input.js';
import type { Prepared } from '../targets.js';

const STORE = 'schema';

/** A store of which only its DDL is known, with the dashboards that read it. */
export async function snapshotOfDdl(context: CommandContext, ddl: readonly string[], dashboards: readonly string[]): Promise<{ prepared: Prepared; snapshot: Snapshot }> {
  const texts: NamedText[] = [];
  const pseudonyms = new Pseudonyms();
  for (const file of ddl) {
    const { name, text } = await readText(context, file);
    texts.push({ name, text: redactSql(text, pseudonyms) });
  }
  // As migrations are, so that both say the same of defaults, constraints and views.
  const files = await Promise.all(texts.map(({ name, text }) => readMigrations([{ path: name, text }], { tool: 'sql' })));
  const { after: catalog, unknown, searchPath } = await applyMigrations(emptyCatalog(), files.flat());
  const store: StoreSnapshot = {
    name: STORE, role: 'operational', engine: 'postgres', version: '', database: STORE, inRecovery: false,
    catalog: { ...catalog, settings: { search_path: searchPath.join(', '), ...catalog.settings } },
    statements: [], statementWindow: null, cost: { elapsed_ms: 0, queries: 0, received_bytes: 0 },
  };
  const { configuration, assumptions } = configurationFromTargets({ postgres: [], duckdb: [], dashboards: [...dashboards] });
  const prepared: Prepared = {
    configuration: { ...configuration, stores: [{ name: STORE, role: 'operational', engine: 'postgres', url: null, match: [] }] },
    directory: context.host.directory,
    assumptions: [...assumptions, `the schema before is that of ${texts.map(({ name }) => name).join(', ')}, and every dashboard is taken to read it`],
    checkRuleIds: () => {},
  };
  const { takeSnapshot } = await import('../take-snapshot.js');
  const read = await takeSnapshot(context, { ...prepared, configuration });
  const gaps = unknown.map(({ place, why }) => ({ subject: `${place.file}:${place.line}`, missing: 'what the statement makes of the schema before', cause: why, remedy: null, severity: 'partial' as const }));
  return { prepared, snapshot: { ...read, stores: [store], gaps: [...read.gaps, ...gaps] } };
}
