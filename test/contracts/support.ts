import { proposeContracts } from '../../src/contracts/index.js';
import { buildBoundary } from '../../src/graph/boundary.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { ContractConsumer, ContractProposal } from '../../src/model/contract-proposal.js';
import type { ScratchSpace } from '../../src/model/scratch-engine.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { classifyCatalog } from '../../src/privacy/classify.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, store } from '../support/estate.js';

/** The case work of a regulator and its shop: internal tables, one contract with a renamed column, and its registry. */
export const CASEWORK = `
  CREATE SCHEMA app; CREATE SCHEMA integration;
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, full_name text NOT NULL, email text NOT NULL, password_hash text);
  CREATE TABLE app.case_file (
    case_id bigint PRIMARY KEY, case_number text NOT NULL UNIQUE, status text NOT NULL, region_code text NOT NULL,
    officer_id bigint REFERENCES app.officer (officer_id), opened_at timestamptz NOT NULL, closed_at timestamptz, updated_at timestamptz NOT NULL, deleted_at timestamptz,
    CONSTRAINT closed_has_date CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)));
  CREATE TABLE app.note (note_id bigint PRIMARY KEY, case_id bigint NOT NULL REFERENCES app.case_file (case_id), body text NOT NULL, deleted_at timestamptz);
  CREATE VIEW integration.v_case_state_v1 AS SELECT case_id, status, region_code, opened_at, updated_at AS source_record_updated_at FROM app.case_file;
  CREATE TABLE integration.data_contract_registry (
    contract_name text PRIMARY KEY, version integer NOT NULL, owner_team text NOT NULL, compatibility_policy text NOT NULL, schema_definition jsonb NOT NULL,
    created_at timestamptz NOT NULL, deprecated_at timestamptz);
`;

export interface Given {
  ddl?: string;
  queries: readonly CollectedQuery[];
  store?: Partial<StoreSnapshot>;
  configuration?: Partial<Configuration>;
  catalog?: (catalog: Catalog) => void;
  scratch?: (store: string) => Promise<ScratchSpace | null>;
  only?: { relation?: string; consumer?: string };
}

/** What would be proposed for one operational store, without comparing what comes out unless a space is given. */
export async function proposed(given: Given): Promise<ContractProposal[]> {
  const parse = await createPostgresParser();
  const catalog = withQueries(await catalogFromDdl(given.ddl ?? CASEWORK));
  catalog.roles = [role('case_app'), role('metabase_ro')];
  given.catalog?.(catalog);
  const settings = configuration(given.configuration);
  const boundary = buildBoundary(store(catalog, given.store), given.queries, settings, parse);
  return proposeContracts({
    boundaries: [boundary],
    parsers: { parse: () => parse },
    configuration: settings,
    personal: new Map([[boundary.store.name, new Map([...classifyCatalog(catalog, settings.columns)].filter(([, { confidence }]) => confidence >= 0.7))]]),
    verify: given.scratch === undefined ? null : { scratch: given.scratch, takenAt: '2026-03-01T08:00:00Z' },
    ...(given.only === undefined ? {} : { only: given.only }),
  });
}

/** The catalogue as a server tells it: of a view the query alone. */
export function withQueries(catalog: Catalog): Catalog {
  const query = (definition: string | null): string | null => definition?.replace(/^\s*CREATE\s+VIEW\s+\S+\s+AS\s+/i, '') ?? null;
  return { ...catalog, relations: catalog.relations.map((relation) => ({ ...relation, definition: query(relation.definition) })) };
}

let cards = 0;

/** A card of its own, by its title. */
export function cardOf(title: string, sql: string, more: Partial<CollectedQuery> = {}): CollectedQuery {
  cards += 1;
  return card(sql, { id: `metabase:casework:card:${cards}`, title, ...more });
}

/** The one proposal of a list that has only one. */
export function only<T>(list: readonly T[]): T {
  const [first, another] = list;
  if (first === undefined || another !== undefined) throw new Error(`expected one, and there are ${list.length}`);
  return first;
}

/** A consumer by the end of its name. */
export function consumerOf(proposals: readonly ContractProposal[], title: string): ContractConsumer {
  const found = proposals.flatMap(({ consumers }) => consumers).find(({ consumer }) => consumer.endsWith(title));
  if (found === undefined) throw new Error(`no consumer is named ${title}`);
  return found;
}
