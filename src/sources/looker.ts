import { problemRecord } from './common/record.js';
import type { CollectedQuery } from '../model/query.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { answerFiles, Answers } from './looker/answers.js';
import { fetchAnswers } from './looker/api.js';
import { isLookmlDashboard, readLookmlDashboards } from './looker/dashboard-records.js';
import { readModel, type ReadOnce } from './looker/model-records.js';
import { Models } from './looker/models.js';
import { projectsOf, readLookml, type LookmlFile, type Project } from './looker/project.js';
import { ID, Records } from './looker/records.js';
import { answerKind } from './looker/shapes.js';
import type { Source } from './source.js';

/**
 * Looker: LookML projects (`*.lkml`: views, explores, models, manifests), LookML dashboards (`*.dashboard.lookml`), and the
 * answers of its interface 4.0 (dashboards, Looks, the SQL of queries, SQL Runner, connections, users, schedules).
 */
export const source: Source = {
  id: ID,
  recognises: certainty,
  read(files, context) {
    const lookml = files.filter(isLookmlName).map(readLookml);
    const projects = projectsOf(lookml);
    const instances = instancesOf(answerFiles(files)).map((own) => new Answers(own));
    const connections = new Map(instances.toReversed().flatMap((answers) => [...answers.connections]));
    const models = new Models(projects, connections, context.connection);
    const records = new Records();
    const once: ReadOnce = new Set();
    for (const model of models.all) readModel(model, models.projects, records, once);
    const origins = new Origins();
    const queries = new Map<string, CollectedQuery>(records.queries);
    const found = [
      ...files.filter(isDashboardFile).flatMap((file) => readLookmlDashboards(file, projectOf(file, projects), models, origins)),
      ...instances.flatMap((answers) => answers.queries(models, origins, context.connection)),
      ...lookml.flatMap((file) => brokenFile(file)),
    ];
    for (const query of found) {
      query.id = unusedId(query.id, queries);
      queries.set(query.id, query);
    }
    origins.resolve();
    return [...queries.values()];
  },
  api: { credentials: 'an API key: its client id as username and its client secret as password, or an access token', fetch: fetchAnswers },
};

/** Numbers are those of one instance, whose answers stand in a folder of their own. */
function instancesOf(files: readonly SourceFile[]): SourceFile[][] {
  const found = new Map<string, SourceFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, Math.max(0, file.path.indexOf('api/4.0/')));
    const own = found.get(folder);
    if (own === undefined) found.set(folder, [file]);
    else own.push(file);
  }
  return [...found.values()];
}

function isLookmlName({ path }: SourceFile): boolean {
  return /\.lkml$/i.test(path) || (/\.lookml$/i.test(path) && !/\.dashboard\.lookml$/i.test(path));
}

function isDashboardFile(file: SourceFile): boolean {
  return /\.(lookml|ya?ml)$/i.test(file.path) && !isLookmlName(file);
}

function certainty(file: SourceFile): number {
  if (isLookmlName(file)) return /(?:^|[\n}])[ \t]*(?:view|explore|connection|include|project_name|datagroup|constant|test|access_grant|named_value_format|map_layer|local_dependency|remote_dependency)[ \t]*:/.test(file.text) ? 0.95 : 0.2;
  if (isDashboardFile(file)) {
    if (!/(?:^|\n)- ?dashboard:/.test(file.text)) return 0;
    const { yaml } = file;
    return Array.isArray(yaml) && yaml.some(isLookmlDashboard) ? 0.95 : 0;
  }
  return /dashboard_elements|run_sql_of_query|source_queries|share_url|query_id|dialect_name|project_name|model_name|connection_name|display_name|crontab/.test(file.text)
    ? certaintyOf(file.json, (value) => (isObject(value) ? certaintyOfAnswer(value) : 0))
    : 0;
}

/** What only stands beside queries, and looks alike in other tools, is the weaker sign. */
function certaintyOfAnswer(value: Record<string, unknown>): number {
  switch (answerKind(value)) {
    case null:
      return 0;
    case 'user':
    case 'plan':
    case 'connection':
    case 'model':
      return 0.6;
    default:
      return 0.85;
  }
}

function projectOf(file: SourceFile, projects: readonly Project[]): string {
  const found = projects.filter(({ root }) => file.path.startsWith(root)).toSorted((one, other) => other.root.length - one.root.length);
  return found[0]?.name ?? 'lookml';
}

/** A file whose LookML does not hold together: what could be read of it is read, and this says what could not. */
function brokenFile({ file, errors }: LookmlFile): CollectedQuery[] {
  const [first] = errors;
  if (first === undefined) return [];
  const place = file.position(first.offset);
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  const message = `the LookML is malformed: ${first.message} in line ${place.line}${more}`;
  return [problemRecord(ID, `${ID}:file:${file.path}`, { file: file.path, pointer: file.shownPointer(''), ...place }, { code: 'unreadable', message })];
}

function unusedId(id: string, queries: ReadonlyMap<string, CollectedQuery>): string {
  let candidate = id;
  for (let count = 2; queries.has(candidate); count++) candidate = `${id}#${count}`;
  return candidate;
}
