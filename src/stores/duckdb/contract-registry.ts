import type { Catalog } from '../../model/catalog.js';
import type { ContractRegistry } from '../../model/contract.js';
import { findRegistries, isMoment, nameOf, otherRegistries, REGISTRY_ROWS_MAX, REGISTRY_SCHEMA_MAX, REGISTRY_WORD_MAX, registryOf, registryRow, type FoundRegistry } from '../shared/contract-registry.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import type { Run } from './catalog.js';

/** The rows of the registry of contracts that the file holds; null where no table of its catalogue is one, or its rows cannot be read. */
export async function readContractRegistry(store: string, run: Run, catalog: Catalog): Promise<Reading<ContractRegistry | null>> {
  const [found, ...others] = findRegistries(catalog);
  if (found === undefined) return { value: null, gaps: [] };
  try {
    const { value, gaps } = registryOf(store, found, await run(registryRow, registrySql(found)));
    return { value, gaps: [...gaps, ...otherRegistries(store, others)] };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { value: null, gaps: [{ subject: store, missing: `the rows of the contract registry ${nameOf(found)}`, cause, remedy: null, severity: 'partial' }] };
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function registrySql({ relation, columns }: FoundRegistry): string {
  const column = (part: keyof typeof columns): string => (columns[part] === undefined ? 'null' : quoted(columns[part].name));
  const isTime = columns.deprecated !== undefined && isMoment(columns.deprecated);
  return loadSql('duckdb', 'contract_registry', 0, {
    relation: `${quoted(relation.schema)}.${quoted(relation.name)}`,
    name: column('name'), schema: column('schema'), version: column('version'), owner: column('owner'), policy: column('policy'), definition: column('definition'),
    deprecated_seconds: isTime ? `case when isfinite(${column('deprecated')}) then epoch(${column('deprecated')}) end` : 'cast(null as double)',
    deprecated_text: isTime ? 'null' : column('deprecated'),
    word_max: String(REGISTRY_WORD_MAX), schema_max: String(REGISTRY_SCHEMA_MAX), row_max: String(REGISTRY_ROWS_MAX + 1),
  });
}
