import type { ContractedRelation } from '../../model/contract.js';
import type { CollectedQuery } from '../../model/query.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { wrapFragment } from '../../template/wrap.js';
import { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import type { ContractCheck, ContractFile, ContractTable } from './contract-file.js';
import { columnDeclarations } from './declarations.js';

type ReadFile = (file: SourceFile, value: unknown) => ContractFile | null;

/** How surely a file is a contract of the standard that `read` knows. */
export function recogniseContract(file: SourceFile, marker: string, read: ReadFile): number {
  if (!file.text.includes(marker)) return 0;
  return documentsOf(file).some((value) => read(file, value) !== null) ? 0.95 : 0;
}

function documentsOf({ value }: SourceFile): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Gives every contract to the context and every SQL text of it as a query. */
export function readContracts(files: readonly SourceFile[], context: ReadContext, read: ReadFile): CollectedQuery[] {
  const origins = new Origins();
  const queries = files.flatMap((file) =>
    documentsOf(file).flatMap((value, index) => {
      const contract = read(file, value);
      if (contract === null) return [];
      const base = Array.isArray(file.value) ? `/${index}` : '';
      context.contract?.({
        id: contract.id, name: contract.name, version: contract.version, status: contract.status, owner: contract.owners[0] ?? null, connection: contract.connection ?? context.connection,
        relations: contract.tables.map((table) => relationOf(contract, table)),
        origin: origins.add(file, base),
      });
      const store = context.connection?.name ?? null;
      for (const declared of columnDeclarations(contract, value, (name) => ({ ...placeOf(name, contract.schema), store }))) context.declare?.(declared);
      return contract.tables.flatMap((table) => table.checks.map((check) => checkQuery(contract, table, check, base, origins, context)));
    }),
  );
  origins.resolve();
  const taken = new Map<string, number>();
  return queries.map((query) => {
    const count = (taken.get(query.id) ?? 0) + 1;
    taken.set(query.id, count);
    return count === 1 ? query : { ...query, id: `${query.id}#${count}` };
  });
}

/** A contract that is only proposed, or no longer kept, promises nothing. */
function relationOf(contract: ContractFile, { physicalName, columns, promises }: ContractTable): ContractedRelation {
  const place = splitName(physicalName, contract.schema);
  if (promises.length === 0 || /retired|draft|proposed/i.test(contract.status ?? '')) return { ...place, columns };
  const by = `contract ${contract.name}${contract.version === null ? '' : ` ${contract.version}`}`;
  return { ...place, columns, asserts: promises.map((promised) => ({ ...promised, schema: place.schema, relation: place.name, by })) };
}

/** A physical name may bring its schema along. */
function splitName(physicalName: string, schema: string | null): { schema: string | null; name: string } {
  const parts = physicalName.split('.');
  const name = parts.pop() ?? physicalName;
  return { schema: parts.pop() ?? schema, name };
}

function placeOf(physicalName: string, schema: string | null): { schema: string | null; relation: string } {
  const place = splitName(physicalName, schema);
  return { schema: place.schema, relation: place.name };
}

/** Names that checks leave open, in the words of the standard and of its command line; quoted or not, with or without a dollar. */
const PLACEHOLDER = /\$?\{\s*(object|property|model|table|field|column|schema)\s*\}/gi;

function checkQuery(contract: ContractFile, table: ContractTable, check: ContractCheck, base: string, origins: Origins, context: ReadContext): CollectedQuery {
  const { kind, file } = contract;
  const holes = [...check.sql.matchAll(PLACEHOLDER)].map((match): Hole => {
    const word = (match[1] ?? '').toLowerCase();
    const known = word === 'schema' ? contract.schema : /^(property|field|column)$/.test(word) ? check.column : table.physicalName;
    return { start: match.index, end: match.index + match[0].length, name: word, ...(known === null ? {} : { text: known, assumption: `{${word}} is ${known}` }) };
  });
  const { variants, problems } = fillHoles(check.sql, holes);
  const isStatement = check.role === 'quality-check' || /^\s*(select|with)\b/i.test(check.sql);
  const sqlKind = isStatement ? 'statement' : 'expression';
  return {
    id: `${kind}:${contract.id}:${table.name}:${check.part}`,
    kind,
    role: check.role,
    sqlKind,
    title: titleOf(check.title) ?? titleOf(`${table.name} ${check.part}`),
    description: descriptionOf(check.description),
    container: { kind: 'contract', id: contract.id, title: titleOf(contract.name) },
    owners: contract.owners.map((name) => ({ name, via: 'owner-field' })),
    connection: contract.connection ?? context.connection,
    origin: origins.add(file, base + check.pointer),
    raw: check.sql,
    reconstructed: false,
    variants: variants.map((variant) => wrapFragment(variant, sqlKind, table.physicalName)),
    isPublic: false,
    lifecycle: /retired|deprecated/i.test(contract.status ?? '') ? 'archived' : /draft|proposed/i.test(contract.status ?? '') ? 'draft' : 'active',
    usage: null,
    schedule: check.schedule,
    problems,
  };
}

