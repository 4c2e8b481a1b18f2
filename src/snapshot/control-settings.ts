import type { Catalog } from '../model/catalog.js';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { Gap } from '../model/snapshot.js';
import type { StoreRole } from '../model/store.js';
import { type ControlSettings, findControlTables } from '../stores/control/find.js';

/** What the configuration says of the control tables of a store. */
export function controlSettings(role: StoreRole, { live: { control } }: Pick<Configuration, 'live'>): ControlSettings {
  const { watermarks, pipelineRuns, reportRuns, reportApprovals, reportArtifacts, restatements, columns } = control;
  return {
    role,
    named: {
      ...(watermarks === null ? {} : { watermark: watermarks }), ...(pipelineRuns === null ? {} : { 'pipeline-run': pipelineRuns }),
      ...(reportRuns === undefined ? {} : { 'report-run': reportRuns }), ...(reportApprovals === undefined ? {} : { 'report-approval': reportApprovals }),
      ...(reportArtifacts === undefined ? {} : { 'report-artifact': reportArtifacts }), ...(restatements === undefined ? {} : { restatement: restatements }),
    },
    columns,
  };
}

/** What to say of control tables in a store of which they are not read; nothing where its catalogue shows none. */
export function unreadControl(catalog: Catalog, { name, role, engine }: Pick<StoreConfiguration, 'name' | 'role' | 'engine'>, configuration: Pick<Configuration, 'live'>): Gap[] {
  const tables = findControlTables(catalog, engine, controlSettings(role, configuration)).map((table) => `${table.schema}.${table.name}`);
  if (tables.length === 0) return [];
  return [{ subject: name, missing: `the rows of its control tables (${tables.join(', ')})`, cause: 'tidemark reads them in PostgreSQL and DuckDB', remedy: null, severity: 'partial' }];
}
