import { z } from 'zod';
import { isObject } from '../common/json.js';

const text = z.string().nullish().catch(undefined);
const person = z.object({ email: text, name: text }).nullish().catch(undefined);

/** What the export of a project (`schemaVersion` 1 to 3) and `GET /v1/cells` say of a cell. */
export const cellShape = z.object({
  cellType: text,
  cellId: text,
  cellLabel: text,
  config: z
    .object({ source: text, dataConnectionId: text, dataFrameCell: z.boolean().nullish().catch(undefined), resultVariableName: text, cells: z.array(z.unknown()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  /** Of the interface. */
  id: text,
  staticId: text,
  label: text,
  dataConnectionId: text,
  projectId: text,
  contents: z.object({ sqlCell: z.object({ source: text }).nullish().catch(undefined), codeCell: z.object({ source: text }).nullish().catch(undefined) }).nullish().catch(undefined),
});
export type HexCell = z.infer<typeof cellShape>;

export const metaShape = z.object({
  projectId: text,
  title: text,
  description: text,
  status: z.object({ name: text }).nullish().catch(undefined),
});

const schedule = z.object({ cadence: text, enabled: z.boolean().nullish().catch(undefined), custom: z.object({ cron: text }).nullish().catch(undefined) }).catch({});

/** `GET /v1/projects` */
export const projectShape = z.object({
  id: text,
  title: text,
  description: text,
  creator: person,
  owner: person,
  status: z.object({ name: text }).nullish().catch(undefined),
  archivedAt: text,
  trashedAt: text,
  lastPublishedAt: text,
  analytics: z.object({ appViews: z.object({ allTime: z.number().nullish().catch(undefined) }).nullish().catch(undefined), lastViewedAt: text }).nullish().catch(undefined),
  schedules: z.array(schedule).nullish().catch(undefined),
  sharing: z.object({ publicWeb: z.object({ access: text }).nullish().catch(undefined) }).nullish().catch(undefined),
});
export type HexProject = z.infer<typeof projectShape>;

const options = z.object({ host: text, hostname: text, account: text, database: text }).catch({});
/** `GET /v1/data-connections`: the details lie under the type (`connectionDetails.postgres`). */
export const connectionShape = z.object({ id: text, dataConnectionId: text, name: text, type: text, connectionDetails: z.record(z.string(), options).nullish().catch(undefined) });

export type HexKind = 'export' | 'project' | 'cell' | 'connection';

/** What an object of Hex is; null for others. */
export function kindOf(value: Record<string, unknown>): HexKind | null {
  const { cells, meta, schemaVersion, id } = value;
  if (Array.isArray(cells) && isObject(meta) && 'projectId' in meta && schemaVersion !== undefined) return 'export';
  if (typeof id !== 'string') return null;
  if (typeof value['cellType'] === 'string' && ('staticId' in value || 'contents' in value) && 'projectId' in value) return 'cell';
  if ((value['type'] === 'PROJECT' || value['type'] === 'COMPONENT') && 'title' in value && ('analytics' in value || 'lastPublishedAt' in value)) return 'project';
  if (typeof value['type'] === 'string' && typeof value['name'] === 'string' && ('connectionDetails' in value || 'includeMagic' in value || 'connectViaSsh' in value)) return 'connection';
  return null;
}
