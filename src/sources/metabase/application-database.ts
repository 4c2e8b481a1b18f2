import { ApiRefused, type ApiAnswer } from '../api/client.js';
import type { ApplicationDatabase } from '../source.js';
import { byOwner, cardAnswer, definitionAnswer, json, notificationAnswer, pulseAnswers, unsavedAnswers, type Row } from './application-rows.js';
import { adaptStatement, Columns, loadStatement } from './application-statements.js';

type Query = Parameters<ApplicationDatabase['fetch']>[0];

/**
 * Metabase's application database (PostgreSQL) in the form of its API, v0.41 to v0.57. It asks first which columns there are,
 * then reads table by table; a table that this release lacks is left out, one that may not be read costs its part.
 *
 * @throws ApiRefused where the database is not Metabase's.
 */
export async function* fetchApplicationDatabase(query: Query): AsyncIterable<ApiAnswer> {
  const columns = new Columns((await query(await loadStatement('columns'))) ?? []);
  if (!columns.has('report_card', 'dataset_query')) {
    throw new ApiRefused('this database has no table report_card: it is not the application database of a Metabase', 'give the database that MB_DB_CONNECTION_URI names, and a role that may read it');
  }
  const rows = async (name: string): Promise<Row[]> => {
    const statement = adaptStatement(await loadStatement(name), columns);
    return statement === null ? [] : ((await query(statement)) ?? []);
  };
  yield* databases(rows);
  yield answer('user', (await rows('users')).map((row) => ({ ...row, common_name: null })));
  yield answer('collection', await rows('collections'));
  yield answer('native-query-snippet', await rows('snippets'));
  yield answer('document', (await rows('documents')).map((row) => ({ ...row, document: {} })));
  for (const name of ['segment', 'measure', 'metric']) yield answer(name, (await rows(`${name}s`)).map(definitionAnswer));
  yield* dashboards(rows);
  yield* cards(rows, columns);
  yield answer('adhoc', unsavedAnswers(await rows('unsaved')));
  yield answer('action', (await rows('actions')).map((row) => ({ ...row, type: 'query', dataset_query: json(row['dataset_query']) })));
  yield* transforms(rows);
  yield answer('pulse', pulseAnswers(await rows('pulses'), await rows('pulse-cards')));
  const handlers = byOwner(await rows('notification-handlers'), 'notification_id');
  const notifications = [...(await rows('card-notifications')), ...(await rows('dashboard-notifications'))];
  yield answer('notification', notifications.map((row) => notificationAnswer(row, handlers.get(String(row['id'])) ?? [])));
}

type Rows = (name: string) => Promise<Row[]>;

function answer(name: string, value: unknown): ApiAnswer {
  return { path: `api/${name}.json`, text: JSON.stringify(value) };
}

async function* databases(rows: Rows): AsyncIterable<ApiAnswer> {
  const fields = byOwner(await rows('fields'), 'table_id');
  const tables = byOwner(await rows('tables'), 'db_id');
  for (const { id, name, engine, ...details } of await rows('databases')) {
    const own = (tables.get(String(id)) ?? []).map((table) => ({ ...table, fields: fields.get(String(table['id'])) ?? [] }));
    yield answer(`database/${String(id)}/metadata`, { id, name, engine, details, tables: own });
  }
}

async function* dashboards(rows: Rows): AsyncIterable<ApiAnswer> {
  const shown = byOwner([...(await rows('dashcards')), ...(await rows('series'))], 'dashboard_id');
  for (const dashboard of await rows('dashboards')) {
    const id = String(dashboard['id']);
    const dashcards = (shown.get(id) ?? []).map(({ card_id, parameter_mappings }) => ({ card_id, parameter_mappings: json(parameter_mappings) }));
    yield answer(`dashboard/${id}`, { ...dashboard, parameters: json(dashboard['parameters']), dashcards });
  }
}

async function* cards(rows: Rows, columns: Columns): AsyncIterable<ApiAnswer> {
  const executions = byOwner(await rows('executions'), 'card_id');
  const editors = byOwner(await rows('editors'), 'card_id');
  const views = columns.has('report_card', 'view_count') ? new Map<string, Row[]>() : byOwner(await rows('views'), 'card_id');
  for (const row of await rows('cards')) {
    const id = String(row['id']);
    const [execution] = executions.get(id) ?? [];
    const [view] = views.get(id) ?? [];
    yield answer(`card/${id}`, cardAnswer(row, execution, view, editors.get(id)?.[0]?.['user_id']));
  }
}

async function* transforms(rows: Rows): AsyncIterable<ApiAnswer> {
  const tagsOf = async (name: string): Promise<(id: unknown) => unknown[]> => {
    const tags = byOwner(await rows(name), 'owner_id');
    return (id) => (tags.get(String(id)) ?? []).map(({ tag_id }) => tag_id);
  };
  const transformTags = await tagsOf('transform-tags');
  yield answer('transform', (await rows('transforms')).map((row) => ({ ...row, source: json(row['source']), target: json(row['target']), tag_ids: transformTags(row['id']) })));
  const jobTags = await tagsOf('job-tags');
  yield answer('transform-job', (await rows('jobs')).map((row) => ({ ...row, tag_ids: jobTags(row['id']) })));
}
