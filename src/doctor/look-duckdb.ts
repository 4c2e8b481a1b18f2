import type { Catalog, Relation } from '../model/catalog.js';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import { isReadable, relationIn } from '../probes/warehouse/target.js';
import { probe as pipelineRuns } from '../probes/pipeline-runs.js';
import { probe as watermarks } from '../probes/watermarks.js';
import { fileState } from '../stores/duckdb/copy.js';
import { filePath } from '../stores/duckdb/database-file.js';
import { openStore } from '../stores/index.js';
import { targetOf } from '../stores/shared/target.js';
import { ConnectError, type OpenContext, type Store } from '../stores/store.js';
import { count, formatQuantity } from '../text/quantity.js';
import { notAvailable, ok, warning, type Check, type Examined } from './check.js';
import { keyOf, relationNeeds, type RelationNeed } from './needs.js';
import { step } from './remedy.js';

/** What was seen of a DuckDB file. */
export interface DuckDbFacts {
  path: string;
  version: string;
  /** The file and the logs beside it. */
  bytes: number;
  log_bytes: number;
  /** Why no copy could be made, so that it was opened itself; null where one was. */
  uncopied: { detail: string; nextStep: string } | null;
  catalog: Catalog;
  gaps: readonly { missing: string; cause: string; remedy: string | null }[];
  control: { watermarks: boolean; pipelineRuns: boolean };
}

/**
 * Reads the catalogue of a DuckDB file through a copy, as a watch does, so that its loader is never kept waiting; where it
 * cannot be copied, the file itself, as an audit does.
 * @throws ConnectError; the reason of an abort.
 */
export async function lookAtDuckDb(store: StoreConfiguration, configuration: Configuration, context: OpenContext): Promise<{ facts: DuckDbFacts; cost: Examined['cost'] }> {
  const target = targetOf(store);
  const path = filePath(target);
  let uncopied: DuckDbFacts['uncopied'] = null;
  let open: Store;
  try {
    open = await openStore('duckdb', target, { ...context, lockFree: true });
  } catch (error) {
    if (!(error instanceof ConnectError) || error.reason !== 'locked') throw error;
    uncopied = { detail: error.detail, nextStep: error.nextStep };
    open = await openStore('duckdb', target, context);
  }
  try {
    const { value: catalog, gaps } = await open.catalog();
    const { bytes, logs } = await fileState(path);
    const probed = { store: store.name, role: store.role, engine: store.engine, settings: configuration.live, catalog };
    const facts: DuckDbFacts = {
      path,
      version: open.identity().version,
      bytes,
      log_bytes: logs.reduce((sum, log) => sum + Number(log.bytes), 0),
      uncopied,
      catalog,
      gaps,
      control: { watermarks: watermarks.applies(probed), pipelineRuns: pipelineRuns.applies(probed) },
    };
    return { facts, cost: open.cost() };
  } finally {
    await open.close();
  }
}

/** What the facts of a DuckDB file mean. */
export function duckDbChecks(facts: DuckDbFacts, store: StoreConfiguration, configuration: Configuration): Check[] {
  return [
    file(facts),
    writer(facts),
    catalogue(facts),
    ...(store.role === 'warehouse' ? [control(facts)] : []),
    ...relationNeeds(store, configuration).filter(({ required }) => required).map((need) => relation(facts, need)),
  ];
}

function file({ path, version, bytes }: DuckDbFacts): Check {
  return ok('file', 'file', `${path}, ${formatQuantity(bytes, 'bytes')}, read by DuckDB ${version}`);
}

function writer({ log_bytes, uncopied }: DuckDbFacts): Check {
  const id = 'writer';
  if (uncopied !== null) return warning(id, id, `no copy: ${uncopied.detail}`, 'watch and serve, which read a copy so as never to keep a loader waiting', step(uncopied.nextStep));
  if (log_bytes === 0) return ok(id, id, 'no write-ahead log: nobody seems to write; read through a copy');
  return ok(id, id, `a write-ahead log of ${formatQuantity(log_bytes, 'bytes')}: a loader has it open, or was cut off; read through a copy, log included`);
}

function catalogue({ catalog, gaps }: DuckDbFacts): Check {
  const id = 'catalogue';
  const of = (test: (relation: Relation) => boolean): number => catalog.relations.filter(test).length;
  const seen = `${count(of(({ kind }) => kind === 'table'), 'table')}, ${count(of(({ kind }) => kind === 'view'), 'view')}`;
  const [gap] = gaps;
  return gap === undefined ? ok(id, id, seen) : warning(id, id, `${seen}; ${gap.cause}`, gap.missing, gap.remedy === null ? null : step(gap.remedy));
}

function control({ control: found }: DuckDbFacts): Check {
  const id = 'control-tables';
  const title = 'control tables';
  const names = [...(found.watermarks ? ['watermarks of data products'] : []), ...(found.pipelineRuns ? ['runs of pipelines'] : [])];
  if (names.length === 2) return ok(id, title, `${names.join(' and ')} found`);
  const lost = found.watermarks ? 'failed and late runs of pipelines' : found.pipelineRuns ? 'freshness by watermark; columns of loaders tell it then' : 'freshness by watermark, and failed runs';
  return { ...warning(id, title, names.length === 0 ? 'none found' : `${names[0]} found, nothing else`, lost, step('Name them under control in tidemark.yaml (watermarks, pipeline_runs), or map their columns under control.columns.')), needed: false };
}

function relation({ catalog }: DuckDbFacts, need: RelationNeed): Check {
  const name = keyOf(need);
  const id = `relation:${name}`;
  const lost = need.purposes.join(', ');
  const found = relationIn(catalog, name);
  if (found === undefined || !isReadable(found)) return notAvailable(id, name, 'there is no such relation', lost, step('Correct the name in tidemark.yaml (schema.name), or name the store that has it.'));
  const missing = need.columns.filter((column) => !found.columns.some((own) => own.name.toLowerCase() === column.toLowerCase()));
  if (missing.length > 0) return notAvailable(id, name, `it has no column ${missing.join(', ')}`, lost, step('Correct the column in tidemark.yaml.'));
  return ok(id, name, `readable, for ${lost}`);
}
