import type { Configuration, ReconcilePair, StoreConfiguration } from '../model/configuration.js';

/** A relation of a store whose rows tidemark counts or whose times it reads, by the configuration. */
export interface RelationNeed {
  /** Null for what is looked for in every schema. */
  schema: string | null;
  name: string;
  /** Columns that the configuration names; sorted. */
  columns: string[];
  /** For what, in words: `reconciliation of cases`. Sorted. */
  purposes: string[];
  /** False for a table that is used where it is there. */
  required: boolean;
}

/** Control tables, by the names under which they are found where the configuration gives none, and what each is read for. */
const CONVENTIONAL = [
  ['watermarks', 'data_product_watermark', 'watermarks of data products'],
  ['pipelineRuns', 'pipeline_run', 'runs of pipelines'],
  ['reportRuns', 'report_run', 'runs of official reports'],
  ['reportApprovals', 'report_approval', 'approvals of official reports'],
  ['reportArtifacts', 'report_artifact', 'files of official reports'],
  ['restatements', 'data_restatement_run', 'restatements'],
] as const;

/**
 * What tidemark reads rows of in one store: both sides of reconciliation, what freshness and landing are told by, control tables.
 * Everything else comes from the catalogue and the statistics, which need no SELECT.
 */
export function relationNeeds(store: StoreConfiguration, { stores, live }: Configuration): RelationNeed[] {
  const needs = new Map<string, RelationNeed>();
  const add = (relation: string, columns: readonly (string | null)[], purpose: string): void => {
    const { schema, name } = parts(relation);
    const known = needs.get(relation) ?? { schema, name, columns: [], purposes: [], required: true };
    const named = columns.filter((column) => column !== null);
    needs.set(relation, { ...known, columns: [...new Set([...known.columns, ...named])].sort(), purposes: [...new Set([...known.purposes, purpose])].sort() });
  };
  const warehouses = stores.filter(({ role }) => role === 'warehouse');
  const isOf = (named: string | null): boolean => (named === null ? store.role === 'warehouse' && warehouses.length === 1 : named === store.name);

  for (const pair of live.reconcile) {
    for (const which of ['source', 'target'] as const) {
      const side = pair[which];
      // What a query reads is found out when it is described; its name is nobody's relation.
      if (side.store === store.name && side.query === null) add(side.relation, columnsOf(pair, which), `reconciliation of ${pair.name}`);
    }
  }
  for (const { name, store: named, relation, watermark, time_column, event_id_column } of live.dataProducts) {
    if (!isOf(named)) continue;
    if (watermark !== null && 'relation' in watermark) add(watermark.relation, [watermark.column], `freshness of ${name}`);
    if (relation !== null) add(relation, [time_column, event_id_column], `freshness of ${name}`);
  }
  for (const { match, landed } of live.streams) {
    if (landed !== null && isOf(landed.store)) add(landed.relation, [landed.column], `landing of ${match}`);
  }
  if (store.role === 'warehouse') {
    for (const [key, , purpose] of CONVENTIONAL) {
      const named = live.control[key] ?? null;
      if (named !== null) add(named, [], purpose);
    }
  }
  const wanted = [...needs.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return store.role === 'warehouse' ? [...wanted, ...conventional(live.control)] : wanted;
}

/** The columns of one side that the configuration names. Without `columns` all that both sides have are compared. */
function columnsOf({ source, target, sums, key, columns, watermark }: ReconcilePair, which: 'source' | 'target'): (string | null)[] {
  const side = which === 'source' ? source : target;
  return [side.time_column, side.deleted_column, watermark?.[which] ?? null, ...[...sums, ...(key ?? []), ...(columns ?? [])].map((column) => column[which])];
}

function conventional(control: Configuration['live']['control']): RelationNeed[] {
  return CONVENTIONAL.filter(([key]) => (control[key] ?? null) === null).map(([, name, purpose]) => ({ schema: null, name, columns: [], purposes: [purpose], required: false }));
}

/** `schema.name`, for people; the name alone where the schema is open. */
export function keyOf({ schema, name }: Pick<RelationNeed, 'schema' | 'name'>): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** The configuration writes exactly one dot. */
function parts(relation: string): { schema: string; name: string } {
  const at = relation.indexOf('.');
  return { schema: relation.slice(0, at), name: relation.slice(at + 1) };
}
