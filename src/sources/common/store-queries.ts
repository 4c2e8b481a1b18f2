import type { CollectedQuery } from '../../model/query.js';
import type { StoreSnapshot } from '../../model/snapshot.js';
import { titleOf } from './words.js';

/**
 * What a store itself holds of others' queries: views, materialised views, and the statements that its statistics keep, literals
 * masked. For a list only: an audit reads them where they stand, in the catalogue and the statistics.
 */
export function queriesOfStore(store: StoreSnapshot): CollectedQuery[] {
  return [...views(store), ...statements(store)];
}

function views(store: StoreSnapshot): CollectedQuery[] {
  return store.catalog.relations.flatMap((relation) => {
    if (relation.definition === null || !/view/.test(relation.kind)) return [];
    const name = `${relation.schema}.${relation.name}`;
    const owner = relation.owner === null ? [] : [{ name: relation.owner, via: 'owner-field' as const }];
    return [{ ...base(store, `view:${name}`, relation.definition), role: 'view' as const, title: name, description: relation.comment, owners: owner }];
  });
}

function statements(store: StoreSnapshot): CollectedQuery[] {
  return store.statements.map((row) => {
    const query = base(store, `statement:${row.role}:${row.queryId ?? 'unknown'}${row.toplevel ? '' : ':nested'}`, row.text ?? '');
    const lost = { code: 'missing-reference' as const, message: `its text is ${row.textState} in the statistics` };
    return {
      ...query,
      title: titleOf(row.text?.replace(/\s+/g, ' ').slice(0, 80)),
      variants: row.text === null ? [] : query.variants,
      problems: row.textState === 'full' ? [] : [lost],
      usage: null,
    };
  });
}

function base(store: StoreSnapshot, part: string, sql: string): CollectedQuery {
  return {
    id: `${store.engine}:${store.name}:${part}`,
    kind: store.engine,
    role: 'query',
    sqlKind: 'statement',
    title: null,
    description: null,
    container: null,
    owners: [],
    connection: { id: null, name: store.name, engine: store.engine, host: null, database: store.database },
    origin: { file: store.name, pointer: part, line: 1, column: 1 },
    raw: sql,
    reconstructed: false,
    variants: [{ label: 'default', sql, map: [], assumptions: [] }],
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule: null,
    problems: [],
  };
}
