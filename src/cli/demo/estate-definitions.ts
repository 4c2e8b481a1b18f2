import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ESTATE_FOLDER, EstateError } from './estate-files.js';

/** Where the workload names a query of a dashboard or report instead of repeating its text. */
export type Definition = { card: number } | { panel: string } | { report: string };

const cardSchema = z.object({ dataset_query: z.object({ native: z.object({ query: z.string() }) }) });

interface Panel {
  title?: string | undefined;
  targets?: { rawSql: string }[] | undefined;
  panels?: Panel[] | undefined;
}
const panelSchema: z.ZodType<Panel> = z.lazy(() =>
  z.object({
    title: z.string().optional(),
    targets: z.array(z.object({ rawSql: z.string() })).optional(),
    panels: z.array(panelSchema).optional(),
  }),
);
const dashboardSchema = z.union([
  z.object({ dashboard: z.object({ panels: z.array(panelSchema) }) }).transform((file) => file.dashboard),
  z.object({ panels: z.array(panelSchema) }),
]);

/**
 * The text that a tool sends for a query without templates. Queries with templates stand in the workload as the tool
 * expands them, so that nothing of tidemark's own reading of templates is needed to run them.
 *
 * @throws EstateError when there is no such query or when it holds a template.
 */
export async function textOf(definition: Definition): Promise<string> {
  const { name, text } = await find(definition);
  if (text === undefined) throw new EstateError(`The workload names ${name}, which does not exist.`);
  if (/\{\{|\[\[|\$[_a-z{]/i.test(text)) throw new EstateError(`The workload names ${name}, which holds a template; write its expanded text instead.`);
  return text;
}

async function find(definition: Definition): Promise<{ name: string; text: string | undefined }> {
  if ('card' in definition) {
    const file = cardSchema.parse(await readJson('dashboards/metabase', `card-${String(definition.card)}.json`));
    return { name: `metabase card ${String(definition.card)}`, text: file.dataset_query.native.query };
  }
  if ('panel' in definition) {
    const [file, title] = splitName(definition.panel);
    const dashboard = dashboardSchema.parse(await readJson('dashboards/grafana', file));
    const panel = flatten(dashboard.panels).find((each) => each.title === title);
    return { name: `grafana panel ${definition.panel}`, text: panel?.targets?.[0]?.rawSql };
  }
  const [file, title] = splitName(definition.report);
  const sections = (await readFile(join(ESTATE_FOLDER, 'reports', file), 'utf8')).split(/^-- name: /m).slice(1);
  const section = sections.find((each) => each.startsWith(`${title}\n`));
  return { name: `report ${definition.report}`, text: section?.slice(title.length + 1).trim().replace(/;$/, '') };
}

async function readJson(folder: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(ESTATE_FOLDER, folder, file), 'utf8'));
}

function flatten(panels: Panel[]): Panel[] {
  return panels.flatMap((panel) => [panel, ...flatten(panel.panels ?? [])]);
}

/** `month_end.sql Ledger control total` → file and title. */
function splitName(name: string): [string, string] {
  const space = name.indexOf(' ');
  return [name.slice(0, space), name.slice(space + 1)];
}
