import type { ColumnDeclaration } from '../../model/personal-column.js';
import { declarationsOf, saidOfPrivacy } from '../common/column-declarations.js';
import { isObject } from '../common/json.js';
import type { ContractFile } from './contract-file.js';

const COLUMNS_MAX = 20_000;

/** A relation by the names that the database has. */
type Place = Pick<ColumnDeclaration, 'schema' | 'relation' | 'store'>;

/**
 * What a contract says of personal data in its columns: `classification`, `tags`, `customProperties` and `encryptedName` of the Open Data
 * Contract Standard 3, `pii`, `classification` and `tags` of the Data Contract Specification. What is only proposed, or
 * no longer kept, declares nothing.
 *
 * @param placeOf where a physical name lies
 */
export function columnDeclarations(contract: ContractFile, value: unknown, placeOf: (physicalName: string) => Place): ColumnDeclaration[] {
  if (!isObject(value) || /retired|draft|proposed/i.test(contract.status ?? '')) return [];
  const by = `data contract ${contract.name}${contract.version === null ? '' : ` ${contract.version}`}`;
  const relations = contract.kind === 'odcs' ? objectsOf(value['schema']) : modelsOf(value['models']);
  return relations.slice(0, COLUMNS_MAX).flatMap(({ name, own, columns }) => {
    const place = placeOf(name);
    return [
      ...declarationsOf(saidOfPrivacy({ metas: [], tags: own['tags'] }), { ...place, column: '*' }, by),
      ...columns.slice(0, COLUMNS_MAX).flatMap((column) => ofColumn(column.name, column.own, place, by)),
    ];
  });
}

interface Named {
  name: string;
  own: Record<string, unknown>;
}

function ofColumn(name: string, own: Record<string, unknown>, place: Place, by: string): ColumnDeclaration[] {
  const custom = (Array.isArray(own['customProperties']) ? own['customProperties'] : []).filter(isObject);
  const meta = Object.fromEntries(custom.flatMap(({ property, value }) => (typeof property === 'string' ? [[property, value]] : [])));
  const said = saidOfPrivacy({ metas: [meta, own['config']], tags: own['tags'], settings: { pii: own['pii'], classification: own['classification'] }, description: own['description'] });
  const encrypted = typeof own['encryptedName'] === 'string' && own['encryptedName'].trim() !== '' ? own['encryptedName'].trim() : null;
  // Who names a column for the encrypted values calls the plain ones worth hiding.
  const hidden = encrypted === null ? [] : [{ verdict: 'personal' as const, kind: null, words: `encryptedName: ${encrypted}`.slice(0, 120), isProse: false }];
  return declarationsOf([...said, ...hidden], { ...place, column: name }, by);
}

function objectsOf(schema: unknown): (Named & { columns: Named[] })[] {
  return namedIn(schema).map(({ name, own }) => ({ name, own, columns: namedIn(own['properties']) }));
}

function namedIn(list: unknown): Named[] {
  return (Array.isArray(list) ? list : []).filter(isObject).flatMap((own) => {
    const name = own['physicalName'] ?? own['name'];
    return typeof name === 'string' ? [{ name, own }] : [];
  });
}

function modelsOf(models: unknown): (Named & { columns: Named[] })[] {
  return entriesOf(models).map(({ name, own }) => ({ name, own, columns: entriesOf(own['fields']) }));
}

function entriesOf(value: unknown): Named[] {
  return isObject(value) ? Object.entries(value).flatMap(([name, own]) => (isObject(own) ? [{ name, own }] : [])) : [];
}
