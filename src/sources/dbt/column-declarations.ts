import type { ColumnDeclaration } from '../../model/personal-column.js';
import { declarationsOf, saidOfPrivacy } from '../common/column-declarations.js';
import { isObject } from '../common/json.js';
import type { DbtNode, DbtSource } from './model.js';
import type { ProjectFiles } from './workspace.js';

type Relation = Pick<DbtNode['relation'], 'schema' | 'identifier'>;

/** What makes a node or a source out of a place in a file. */
interface Stated {
  /** `dbt model dim_customer`. */
  by: string;
  relation: Relation;
  value: Record<string, unknown>;
}

/**
 * What the files and manifests of a project say of personal data: `meta` (`contains_pii`, `pii_type`, `classification`,
 * `masking_policy` …), `tags`, `policy_tags` and descriptions of columns, and `meta` and `tags` of a model, a snapshot, a seed or a source
 * table as a whole, which count for all of its columns. Property files stand above the manifest; what both say is said once.
 *
 * @param store that the configuration gives for the files; null where it gives none
 */
export function columnDeclarations({ properties, manifests }: Pick<ProjectFiles, 'properties' | 'manifests'>, nodes: readonly DbtNode[], sources: readonly DbtSource[], store: string | null): ColumnDeclaration[] {
  const stated = [
    ...properties.flatMap((file) => (isObject(file.yaml) ? inPropertyFile(file.yaml, nodes, sources) : [])),
    ...manifests.flatMap(({ file }) => (isObject(file.json) ? inManifest(file.json, nodes, sources) : [])),
  ];
  const found = new Map<string, ColumnDeclaration>();
  for (const one of stated.flatMap((each) => ofRelation(each, store))) {
    const key = JSON.stringify([one.schema, one.relation, one.column, one.verdict, one.words, one.by]);
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

function ofRelation({ by, relation: { schema, identifier }, value }: Stated, store: string | null): ColumnDeclaration[] {
  const place = { schema, relation: identifier, store };
  return [
    ...declarationsOf(saidOf(value, false), { ...place, column: '*' }, by),
    ...columnsOf(value['columns']).flatMap((column) => (typeof column['name'] === 'string' ? declarationsOf(saidOf(column, true), { ...place, column: unquoted(column['name']) }, by) : [])),
  ];
}

/** Of a whole table its description is prose about many columns, and says nothing of one. */
function saidOf(value: Record<string, unknown>, isColumn: boolean): ReturnType<typeof saidOfPrivacy> {
  const config = isObject(value['config']) ? value['config'] : {};
  const tags = [value['tags'], config['tags']].flatMap((list) => (Array.isArray(list) ? list.map((tag): unknown => tag) : [list]));
  return saidOfPrivacy({ metas: [value['meta'], config['meta']], tags: [...new Set(tags)], policyTags: isColumn ? (value['policy_tags'] ?? config['policy_tags']) : undefined, ...(isColumn ? { description: value['description'] } : {}) });
}

/** A list in property files, an object by name in manifests. */
function columnsOf(columns: unknown): Record<string, unknown>[] {
  return (Array.isArray(columns) ? columns : isObject(columns) ? Object.values(columns) : []).filter(isObject);
}

function unquoted(name: string): string {
  return name.replace(/^(["`])(.*)\1$/, '$2');
}

function inPropertyFile(yaml: Record<string, unknown>, nodes: readonly DbtNode[], sources: readonly DbtSource[]): Stated[] {
  const place = (key: string, value: Record<string, unknown> = yaml): Record<string, unknown>[] => (Array.isArray(value[key]) ? value[key].filter(isObject) : []);
  const models = (['models', 'snapshots', 'seeds'] as const).flatMap((key) =>
    place(key).flatMap((value) => nodes.filter(({ type, name }) => `${type}s` === key && name === value['name']).map((node) => ({ by: `dbt ${node.type} ${node.name}`, relation: node.relation, value }))),
  );
  const tables = place('sources').flatMap((source) =>
    place('tables', source).flatMap((value) =>
      sources.filter((one) => one.source === source['name'] && one.name === value['name']).map((one) => ({ by: `dbt source ${one.source}.${one.name}`, relation: one.relation, value: withTagsOf(source, value) })),
    ),
  );
  return [...models, ...tables];
}

/** A source's meta and tags hold for its tables. */
function withTagsOf(source: Record<string, unknown>, table: Record<string, unknown>): Record<string, unknown> {
  const meta = { ...(isObject(source['meta']) ? source['meta'] : {}), ...(isObject(table['meta']) ? table['meta'] : {}) };
  const tags = [source['tags'], table['tags']].flatMap((list) => (Array.isArray(list) ? list.map((tag): unknown => tag) : list === undefined ? [] : [list]));
  return { ...table, meta, tags };
}

function inManifest(json: Record<string, unknown>, nodes: readonly DbtNode[], sources: readonly DbtSource[]): Stated[] {
  const byId = new Map<string, { by: string; relation: Relation }>([
    ...nodes.map((node): [string, { by: string; relation: Relation }] => [node.uniqueId, { by: `dbt ${node.type} ${node.name}`, relation: node.relation }]),
    ...sources.map((one): [string, { by: string; relation: Relation }] => [one.uniqueId, { by: `dbt source ${one.source}.${one.name}`, relation: one.relation }]),
  ]);
  return ['nodes', 'sources'].flatMap((key) =>
    Object.entries(isObject(json[key]) ? json[key] : {}).flatMap(([id, value]) => {
      const known = byId.get(id);
      return known === undefined || !isObject(value) ? [] : [{ ...known, value }];
    }),
  );
}
