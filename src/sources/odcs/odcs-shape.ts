import { z } from 'zod';
import type { ContractedColumn } from '../../model/contract.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';
import type { ContractCheck, ContractFile, ContractTable } from './contract-file.js';
import { promisesOf } from './promises.js';

const text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

const contractShape = z.object({
  id: text, name: text, version: text, status: text, dataProduct: text,
  description: z.unknown().optional(), servers: list, schema: list, team: z.unknown().optional(),
});
const serverShape = z.object({ server: text, type: text, host: text, database: text, schema: text, project: text, dataset: text, catalog: text });
const objectShape = z.object({ id: text, name: text, physicalName: text, quality: list, properties: list });
const flag = z.boolean().optional().catch(undefined);
const propertyShape = z.object({ name: text, physicalName: text, physicalType: text, logicalType: text, required: flag, isNullable: flag, primaryKey: flag, classification: text, transformLogic: text, quality: list, properties: list });
const qualityShape = z.object({ id: text, name: text, description: text, type: text, query: text, schedule: text, metric: text, rule: text });
const memberShape = z.object({ username: text, name: text, role: text, dateOut: text });

/** Objects within objects (`properties` of a property) nest at most so deep. */
const DEPTH_MAX = 10;

/** A contract of the Open Data Contract Standard 3.0 or 3.1, or null for any other value. */
export function readOdcs(file: SourceFile, value: unknown): ContractFile | null {
  if (!isObject(value) || value['kind'] !== 'DataContract' || !/^v?3\./.test(String(value['apiVersion']))) return null;
  const contract = contractShape.parse(value);
  const servers = (contract.servers ?? []).map((server) => serverShape.safeParse(server).data).filter((server) => server !== undefined);
  const [server] = servers;
  return {
    kind: 'odcs',
    file,
    id: contract.id ?? contract.name ?? file.path,
    name: contract.name ?? contract.dataProduct ?? contract.id ?? file.path,
    version: contract.version ?? null,
    status: contract.status ?? null,
    owners: ownersOf(contract.team),
    description: isObject(contract.description) && typeof contract.description['purpose'] === 'string' ? contract.description['purpose'] : null,
    connection: server === undefined ? null : { id: null, name: server.server ?? null, engine: server.type ?? null, host: server.host ?? null, database: server.database ?? server.project ?? server.catalog ?? null },
    schema: server?.schema ?? server?.dataset ?? null,
    tables: (contract.schema ?? []).flatMap((object, index) => tableOf(object, `/schema/${index}`) ?? []),
  };
}

/** 3.1 has `team.members`, 3.0 a list of members; who has left is no owner. */
function ownersOf(team: unknown): string[] {
  const members: unknown = isObject(team) ? team['members'] : team;
  const people = (Array.isArray(members) ? members : []).map((member) => memberShape.safeParse(member).data).filter((member) => member !== undefined && member.dateOut === undefined);
  const isOwner = (role: string | undefined): boolean => /owner|lead|steward/i.test(role ?? '');
  const names = people.toSorted((one, other) => Number(isOwner(other?.role)) - Number(isOwner(one?.role))).flatMap((member) => member?.username ?? member?.name ?? []);
  const teamName = isObject(team) && typeof team['name'] === 'string' ? [team['name']] : [];
  return [...new Set([...teamName, ...names])];
}

function tableOf(value: unknown, pointer: string): ContractTable | null {
  const object = objectShape.safeParse(value).data;
  const name = object?.name ?? object?.physicalName;
  if (object === undefined || name === undefined) return null;
  const table: ContractTable = { name, physicalName: object.physicalName ?? name, columns: [], checks: qualityChecks(object.quality, `${pointer}/quality`, '', null), promises: promisesOf(named(object.properties)) };
  properties(object.properties, `${pointer}/properties`, '', table, 0);
  return table;
}

/** Columns by the names that the database has. */
function named(list_: unknown[] | undefined): { name: string; value: unknown }[] {
  return (list_ ?? []).flatMap((value) => {
    const property = propertyShape.safeParse(value).data;
    const name = property?.physicalName ?? property?.name;
    return name === undefined ? [] : [{ name, value }];
  });
}

function properties(list_: unknown[] | undefined, pointer: string, parent: string, table: ContractTable, depth: number): void {
  if (depth > DEPTH_MAX) return;
  for (const [index, value] of (list_ ?? []).entries()) {
    const property = propertyShape.safeParse(value).data;
    const name = property?.physicalName ?? property?.name;
    if (property === undefined || name === undefined) continue;
    const at = `${pointer}/${index}`;
    const path = parent === '' ? name : `${parent}.${name}`;
    if (depth === 0) table.columns.push({ name, classification: property.classification ?? null, pii: /\b(pii|personal|sensitive)\b/i.test(property.classification ?? ''), ...typeOf(property) });
    table.checks.push(...qualityChecks(property.quality, `${at}/quality`, path, name));
    if (property.transformLogic !== undefined && property.transformLogic.trim() !== '') {
      table.checks.push({ part: `${path}:transform`, title: `${path}: transform`, description: null, pointer: `${at}/transformLogic`, sql: property.transformLogic, column: name, schedule: null, role: 'relation' });
    }
    properties(property.properties, `${at}/properties`, path, table, depth + 1);
  }
}

/** The physical type where it says one, and whether there must be a value (`isNullable` is 3.0's word for it). */
function typeOf({ physicalType, logicalType, required, isNullable, primaryKey }: z.infer<typeof propertyShape>): Pick<ContractedColumn, 'type' | 'isLogicalType' | 'required'> {
  const type = physicalType ?? logicalType;
  const isRequired = primaryKey === true ? true : (required ?? (isNullable === undefined ? undefined : !isNullable));
  return {
    ...(type === undefined ? {} : { type }),
    ...(type !== undefined && physicalType === undefined ? { isLogicalType: true } : {}),
    ...(isRequired === undefined ? {} : { required: isRequired }),
  };
}

/** Checks of `type: sql`, in either standard. `path` is that of the column, '' for the table. */
export function qualityChecks(list_: unknown[] | undefined, pointer: string, path: string, column: string | null): ContractCheck[] {
  return (list_ ?? []).flatMap((value, index): ContractCheck[] => {
    const check = qualityShape.safeParse(value).data;
    if (check?.query === undefined || check.query.trim() === '') return [];
    const name = check.name ?? check.id ?? check.description ?? String(index + 1);
    return [{
      part: `${path === '' ? '' : `${path}:`}quality:${name}`, title: check.name ?? check.description ?? null, description: check.description ?? null,
      pointer: `${pointer}/${index}${pointerStep('query')}`, sql: check.query, column, schedule: check.schedule ?? null, role: 'quality-check',
    }];
  });
}
