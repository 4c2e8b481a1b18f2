import { z } from 'zod';
import type { ContractedColumn } from '../../model/contract.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';
import type { ContractCheck, ContractFile, ContractTable } from './contract-file.js';
import { qualityChecks } from './odcs-shape.js';
import { promisesOf } from './promises.js';

const text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);
const object = z.record(z.string(), z.unknown()).optional().catch(undefined);

const contractShape = z.object({
  id: text,
  info: z.object({ title: text, version: text, status: text, owner: text, description: text }).optional().catch(undefined),
  servers: object,
  models: object,
});
const serverShape = z.object({ type: text, host: text, database: text, schema: text, project: text, dataset: text });
const flag = z.boolean().optional().catch(undefined);
const fieldShape = z.object({ type: text, physicalType: text, required: flag, primaryKey: flag, primary: flag, pii: z.boolean().optional().catch(undefined), classification: text, quality: list });

/** A contract of the Data Contract Specification 0.9 to 1.2, or null for any other value. */
export function readDcs(file: SourceFile, value: unknown): ContractFile | null {
  if (!isObject(value) || typeof value['dataContractSpecification'] !== 'string') return null;
  const contract = contractShape.parse(value);
  const [named] = Object.entries(contract.servers ?? {});
  const server = named === undefined ? undefined : serverShape.safeParse(named[1]).data;
  return {
    kind: 'dcs',
    file,
    id: contract.id ?? file.path,
    name: contract.info?.title ?? contract.id ?? file.path,
    version: contract.info?.version ?? null,
    status: contract.info?.status ?? null,
    owners: contract.info?.owner === undefined ? [] : [contract.info.owner],
    description: contract.info?.description ?? null,
    connection: server === undefined ? null : { id: null, name: named?.[0] ?? null, engine: server.type ?? null, host: server.host ?? null, database: server.database ?? server.project ?? null },
    schema: server?.schema ?? server?.dataset ?? null,
    tables: Object.entries(contract.models ?? {}).flatMap(([name, model]) => (isObject(model) ? tableOf(name, model) : [])),
  };
}

function tableOf(name: string, model: Record<string, unknown>): ContractTable {
  const pointer = `/models${pointerStep(name)}`;
  const columns: ContractedColumn[] = [];
  const checks: ContractCheck[] = qualityChecks(list.parse(model['quality']), `${pointer}/quality`, '', null);
  for (const [column, value] of Object.entries(object.parse(model['fields']) ?? {})) {
    const field = fieldShape.safeParse(value).data;
    if (field === undefined) continue;
    columns.push({ name: column, classification: field.classification ?? null, pii: field.pii === true, ...typeOf(field) });
    checks.push(...qualityChecks(field.quality, `${pointer}/fields${pointerStep(column)}/quality`, column, column));
  }
  const promises = promisesOf(Object.entries(object.parse(model['fields']) ?? {}).map(([column, value]) => ({ name: column, value })));
  return { name, physicalName: name, columns, checks, promises };
}

/** Its types are words of the specification, 0.9 to 1.2, unless the field has a physical one besides. */
function typeOf({ type, physicalType, required, primaryKey, primary }: z.infer<typeof fieldShape>): Pick<ContractedColumn, 'type' | 'isLogicalType' | 'required'> {
  const written = physicalType ?? type;
  const isRequired = primaryKey === true || primary === true ? true : required;
  return {
    ...(written === undefined ? {} : { type: written }),
    ...(written !== undefined && physicalType === undefined ? { isLogicalType: true } : {}),
    ...(isRequired === undefined ? {} : { required: isRequired }),
  };
}
