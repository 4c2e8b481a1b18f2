import type { CollectedQuery, Container } from '../../model/query.js';
import { rebuiltVariant } from '../../template/wrap.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { baseOf, built, type Models } from './models.js';
import { requestOf } from './question.js';
import { ID } from './records.js';
import { Trace } from './setting.js';
import { dashboardFilterShape, idText, lookmlDashboardShape, questionShape, type Question } from './shapes.js';

/** Queries that one tile puts together, at most. */
const MERGED_MAX = 20;

/** The elements of LookML dashboards (`*.dashboard.lookml`). */
export function readLookmlDashboards(file: SourceFile, project: string, models: Models, origins: Origins): CollectedQuery[] {
  const { yaml } = file;
  const dashboards = Array.isArray(yaml) ? yaml.map((value: unknown, index) => [value, `/${index}`] as const) : [[yaml, ''] as const];
  return dashboards.flatMap(([value, pointer]) => {
    if (!isLookmlDashboard(value)) return [];
    return readDashboard(value, file, pointer, project, models, origins);
  });
}

export function isLookmlDashboard(value: unknown): value is Record<string, unknown> {
  return isObject(value) && typeof value['dashboard'] === 'string' && (Array.isArray(value['elements']) || typeof value['layout'] === 'string');
}

function readDashboard(value: Record<string, unknown>, file: SourceFile, pointer: string, project: string, models: Models, origins: Origins): CollectedQuery[] {
  const dashboard = lookmlDashboardShape.parse(value);
  const id = dashboard.dashboard ?? 'dashboard';
  const container: Container = { kind: 'dashboard', id, title: titleOf(dashboard.title) };
  const stored = defaultsOf(dashboard.filters ?? []);
  const found: CollectedQuery[] = [];
  for (const [index, element] of (dashboard.elements ?? []).entries()) {
    const question = questionShape.safeParse(element);
    if (!question.success) continue;
    const name = question.data.name ?? question.data.title ?? String(index + 1);
    for (const [part, asked, inner] of questionsOf(question.data)) {
      const place = `${pointer}/elements${pointerStep(index)}${inner}`;
      const { sql, trace, connection } = answer(asked, stored, project, models);
      found.push({
        id: `${ID}:${project}:dashboard:${id}:${name}${part}`,
        kind: ID,
        role: 'query',
        sqlKind: 'statement',
        title: titleOf(asked.title ?? question.data.title ?? name),
        description: descriptionOf(dashboard.description),
        container,
        owners: [],
        connection,
        origin: origins.add(file, place),
        raw: '',
        reconstructed: true,
        variants: sql === null ? [] : [rebuiltVariant('default', sql, ['the SQL is rebuilt from LookML as PostgreSQL would get it', ...trace.notes.assumptions])],
        isPublic: false,
        lifecycle: 'active',
        usage: null,
        schedule: titleOf(dashboard.refresh),
        problems: trace.notes.problems,
      });
    }
  }
  return found;
}

/** An element asks one explore, or several whose results it merges. Texts and buttons ask none. */
function questionsOf(question: Question): [string, Question, string][] {
  if (question.explore || question.view) return [['', question, '']];
  const merged = (question.merged_queries ?? []).slice(0, MERGED_MAX);
  return merged.flatMap((value, index): [string, Question, string][] => {
    const inner = questionShape.safeParse(value);
    return inner.success && inner.data.explore ? [[`:${index + 1}`, inner.data, `/merged_queries/${index}`]] : [];
  });
}

function answer(question: Question, stored: ReadonlyMap<string, string>, project: string, models: Models): { sql: string | null; trace: Trace; connection: CollectedQuery['connection'] } {
  const explore = question.explore ?? question.view ?? '';
  const found = models.find(question.model ?? null, explore, project);
  if (found === null) {
    const trace = new Trace();
    trace.notes.problem('missing-reference', `the model ${idText(question.model) ?? 'of its explore'} is not among the files`.slice(0, 200));
    return { sql: null, trace, connection: null };
  }
  const { request, omitted } = requestOf(question, baseOf(found.explores, explore), listenedBy(question.listen, stored));
  return { ...built(found.explores, explore, request, omitted), connection: found.connection };
}

/** Fields that an element filters by what the dashboard's filters hold: `listen: { Period: orders.created_date }`. */
function listenedBy(listen: unknown, stored: ReadonlyMap<string, string>): [string, string][] {
  if (!isObject(listen)) return [];
  return Object.entries(listen).flatMap(([name, field]): [string, string][] => {
    const value = stored.get(name);
    return typeof field === 'string' && value !== undefined ? [[field, value]] : [];
  });
}

function defaultsOf(filters: readonly unknown[]): Map<string, string> {
  const stored = new Map<string, string>();
  for (const value of filters) {
    const filter = dashboardFilterShape.safeParse(value);
    if (!filter.success) continue;
    const { name, title, default_value } = filter.data;
    const text = idText(default_value);
    if (text === null) continue;
    for (const key of [name, title]) if (key) stored.set(key, text);
  }
  return stored;
}
