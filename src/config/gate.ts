import path from 'node:path';
import { z } from 'zod';
import { MIGRATION_TOOLS } from '../model/migration.js';
import type { GateConfiguration } from '../model/configuration.js';
import { name } from './values.js';

const migrationFolder = z.strictObject({
  path: name.describe('a file or folder, from the folder of this file'),
  store: name.optional().describe('the store that they change; default: the only operational one'),
  tool: z.enum(MIGRATION_TOOLS).optional().describe('whose migrations they are; default: by their names and texts'),
});

/** The keys of `tidemark.yaml` that only `check` and `baseline` look at. */
export const gateShape = {
  baseline: name.optional().describe('the file of tidemark baseline write; default: .tidemark/baseline.yaml'),
  waivers: name.optional().describe('what is let pass by hand; default: .tidemark/waivers.yaml'),
  migrations: z.array(migrationFolder).optional().describe('where migrations are that a change may bring; default: what looks like one'),
};

const gateSchema = z.object(gateShape);

/** What of a file `check` looks at, paths made absolute; absent where the file says nothing of it. */
export function gateConfigurationOf({ baseline, waivers, migrations }: z.output<typeof gateSchema>, directory: string): GateConfiguration | undefined {
  if (baseline === undefined && waivers === undefined && migrations === undefined) return undefined;
  return {
    baseline: baseline === undefined ? null : path.resolve(directory, baseline),
    waivers: waivers === undefined ? null : path.resolve(directory, waivers),
    migrations: (migrations ?? []).map(({ path: folder, store = null, tool = null }) => ({ path: folder, store, tool })),
  };
}
