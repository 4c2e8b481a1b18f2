import pg from 'pg';
import type { Catalog } from '../../model/catalog.js';
import type { ContractRegistry } from '../../model/contract.js';
import { findRegistries, isMoment, nameOf, otherRegistries, REGISTRY_ROWS_MAX, REGISTRY_SCHEMA_MAX, REGISTRY_WORD_MAX, registryOf, registryRow, type FoundRegistry } from '../shared/contract-registry.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, type Reading } from '../store.js';
import { errorCode, errorText, quoteName } from './failure.js';
import type { Session } from './session.js';

/**
 * The rows of the store's registry of contracts; null where no table of its catalogue is one, or its rows cannot be read.
 * @param role that tidemark is, for the grant that would mend it
 * @throws the reason of an abort; StoreLost when the connection is gone.
 */
export async function readContractRegistry(session: Session, store: string, { version_num }: { version_num: number }, role: string | null, catalog: Catalog): Promise<Reading<ContractRegistry | null>> {
  const [found, ...others] = findRegistries(catalog);
  if (found === undefined) return { value: null, gaps: [] };
  try {
    const { value, gaps } = registryOf(store, found, await session.query(registryRow, registrySql(found, version_num)));
    return { value, gaps: [...gaps, ...otherRegistries(store, others)] };
  } catch (error) {
    session.rethrowFatal(error);
    const denied = error instanceof PermissionGap;
    const cause = denied ? error.detail : errorCode(error) === '55P03' ? 'another session holds a lock on it' : errorText(error);
    const remedy = denied ? grantOf(found, role ?? 'tidemark') : 'Run it again when the server is less busy.';
    return { value: null, gaps: [{ subject: store, missing: `the rows of the contract registry ${nameOf(found)}`, cause, remedy, severity: 'partial' }] };
  }
}

/** On the columns that are read, and no other. */
function grantOf({ relation, columns }: FoundRegistry, role: string): string {
  const names = Object.values(columns).map(({ name }) => quoteName(name));
  return `GRANT USAGE ON SCHEMA ${quoteName(relation.schema)} TO ${quoteName(role)}; GRANT SELECT (${names.join(', ')}) ON ${quoteName(relation.schema)}.${quoteName(relation.name)} TO ${quoteName(role)};`;
}

function registrySql({ relation, columns }: FoundRegistry, version: number): string {
  const column = (part: keyof typeof columns): string => (columns[part] === undefined ? 'null' : pg.escapeIdentifier(columns[part].name));
  const isTime = columns.deprecated !== undefined && isMoment(columns.deprecated);
  return loadSql('postgres', 'contract_registry', version, {
    relation: `${pg.escapeIdentifier(relation.schema)}.${pg.escapeIdentifier(relation.name)}`,
    name: column('name'), schema: column('schema'), version: column('version'), owner: column('owner'), policy: column('policy'), definition: column('definition'),
    deprecated_seconds: isTime ? `case when isfinite(${column('deprecated')}) then extract(epoch from ${column('deprecated')})::float8 end` : 'null::float8',
    deprecated_text: isTime ? 'null' : column('deprecated'),
    word_max: String(REGISTRY_WORD_MAX), schema_max: String(REGISTRY_SCHEMA_MAX), row_max: String(REGISTRY_ROWS_MAX + 1),
  });
}
