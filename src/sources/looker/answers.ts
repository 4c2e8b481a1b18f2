import type { CollectedQuery, ConnectionReference, Delivery, Owner } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { deliveriesOf } from './deliveries.js';
import { AnswerReader, type Answer, type Asker, type SqlQuery, type SqlTile } from './answer-records.js';
import { connectionNamed, type Models } from './models.js';
import { ID } from './records.js';
import type { z } from 'zod';
import {
  answerKind, connectionShape, dashboardShape, elementShape, exploreShape, idText, lookShape, mergeShape, modelShape, planShape, questionShape, runShape, sqlQueryShape, userShape,
} from './shapes.js';

/** Lists and wrappers of answers, at most. */
const WRAPPER_DEPTH_MAX = 4;

type Dashboard = z.infer<typeof dashboardShape>;
type Look = z.infer<typeof lookShape>;

export function answerFiles(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path, text }) => !/\.(lkml|lookml|ya?ml)$/i.test(path) && text.length > 1);
}

/** The answers of Looker's interface 4.0, by kind, and the queries in them. */
export class Answers {
  readonly connections = new Map<string, ConnectionReference>();
  readonly #dashboards = new Map<string, Answer<Dashboard>>();
  readonly #looks = new Map<string, Answer<Look>>();
  readonly #runs = new Map<string, Answer<string>>();
  readonly #questions = new Map<string, Answer<Record<string, unknown>>>();
  readonly #merges = new Map<string, { query: string; name: string | null }[]>();
  readonly #sqlQueries = new Map<string, Answer<SqlQuery>>();
  /** Where texts of SQL Runner are shown, the first tile of each. */
  readonly #sqlTiles = new Map<string, SqlTile>();
  readonly #users = new Map<string, { name: string | null; isDisabled: boolean }>();
  /** Connections by model, and by model and explore. */
  readonly #models = new Map<string, string>();
  readonly #schedules = new Map<string, string>();
  readonly #deliveries = new Map<string, Delivery[]>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) this.#visit(file, file.json, '', 0);
  }

  queries(models: Models, origins: Origins, fallback: ConnectionReference | null): CollectedQuery[] {
    const reader = new AnswerReader(models, origins, fallback, this);
    const looks = [...this.#looks.values()].map((look) => reader.look(look, this.#askerOfLook(look.value)));
    const tiles = [...this.#dashboards.values()].flatMap((dashboard) => this.#tiles(dashboard, reader));
    const runner = [...this.#sqlQueries.values()].map((query) => {
      const { creator, user, slug } = query.value;
      const person = creator ?? user;
      const owners = this.#owners(person?.id, person?.display_name ?? person?.email, null, person?.is_disabled === true);
      return reader.runner(query, owners, slug ? this.#sqlTiles.get(slug) : undefined);
    });
    return [...looks, ...tiles, ...runner];
  }

  run(id: string | null): Answer<string> | undefined {
    return id === null ? undefined : this.#runs.get(id);
  }

  question(id: string | null): Answer<Record<string, unknown>> | undefined {
    return id === null ? undefined : this.#questions.get(id);
  }

  merged(id: string | null): readonly { query: string; name: string | null }[] {
    return id === null ? [] : (this.#merges.get(id) ?? []);
  }

  hasLook(id: string | null): boolean {
    return id !== null && this.#looks.has(id);
  }

  hasSqlQuery(id: string | null): boolean {
    return id !== null && this.#sqlQueries.has(id);
  }

  connectionOf(model: string | null, explore: string): ConnectionReference | null {
    const name = this.#models.get(`${model ?? ''}::${explore}`) ?? this.#models.get(model ?? '');
    return name === undefined ? null : this.connection(name);
  }

  connection(name: string): ConnectionReference {
    return this.connections.get(name) ?? connectionNamed(name);
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX || typeof value !== 'object' || value === null) return;
    if (isObject(value) && this.#take(file, value, pointer)) return;
    for (const [name, inner] of Object.entries(value)) this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
  }

  #take(file: SourceFile, value: Record<string, unknown>, pointer: string): boolean {
    const kind = answerKind(value);
    const fallback = `${file.path}${pointer}`;
    switch (kind) {
      case null:
        return false;
      case 'dashboard': {
        const dashboard = dashboardShape.parse(value);
        put(this.#dashboards, idText(dashboard.id) ?? fallback, { value: dashboard, file, pointer });
        return true;
      }
      case 'look': {
        const look = lookShape.parse(value);
        put(this.#looks, idText(look.id) ?? fallback, { value: look, file, pointer });
        return true;
      }
      case 'run': {
        const { sql } = runShape.parse(value);
        const id = idText(typeof value['run_sql_of_query'] === 'number' ? value['run_sql_of_query'] : String(value['run_sql_of_query']));
        if (sql && id !== null) put(this.#runs, id, { value: sql, file, pointer: `${pointer}/sql` });
        return true;
      }
      case 'query':
        put(this.#questions, idText(questionShape.parse(value).id) ?? fallback, { value, file, pointer });
        return true;
      case 'merge': {
        const { id, source_queries } = mergeShape.parse(value);
        const queries = (source_queries ?? []).flatMap(({ query_id, name }) => (idText(query_id) === null ? [] : [{ query: String(query_id), name: titleOf(name) }]));
        put(this.#merges, idText(id) ?? fallback, queries);
        return true;
      }
      case 'sql-query': {
        const query = sqlQueryShape.parse(value);
        put(this.#sqlQueries, query.slug ?? fallback, { value: query, file, pointer });
        return true;
      }
    }
    this.#takeSurroundings(kind, value);
    return true;
  }

  #takeSurroundings(kind: 'connection' | 'model' | 'explore' | 'user' | 'plan', value: Record<string, unknown>): void {
    switch (kind) {
      case 'connection': {
        const { name, host, database, dialect_name, dialect } = connectionShape.parse(value);
        if (name) put(this.connections, name, { id: null, name, engine: dialect_name ?? dialect?.name ?? null, host: host ?? null, database: database ?? null });
        return;
      }
      case 'model': {
        const { name, allowed_db_connection_names } = modelShape.parse(value);
        const [only, ...others] = allowed_db_connection_names ?? [];
        if (name && typeof only === 'string' && others.length === 0) put(this.#models, name, only);
        return;
      }
      case 'explore': {
        const { name, model_name, connection_name } = exploreShape.parse(value);
        if (!model_name || !connection_name) return;
        put(this.#models, `${model_name}::${name ?? ''}`, connection_name);
        return;
      }
      case 'user': {
        const { id, display_name, email, is_disabled } = userShape.parse(value);
        const key = idText(id);
        if (key !== null) put(this.#users, key, { name: titleOf(display_name) ?? titleOf(email), isDisabled: is_disabled === true });
        return;
      }
      case 'plan': {
        const plan = planShape.parse(value);
        const { look_id, dashboard_id, lookml_dashboard_id, crontab, datagroup, enabled } = plan;
        const when = titleOf(crontab) ?? titleOf(datagroup);
        if (enabled === false || when === null) return;
        for (const [word, id] of [['look', idText(look_id)], ['dashboard', idText(dashboard_id) ?? idText(lookml_dashboard_id)]] as const) {
          if (id === null) continue;
          put(this.#schedules, `${word} ${id}`, when);
          const sent = deliveriesOf(plan, when);
          if (sent.length > 0) this.#deliveries.set(`${word} ${id}`, [...(this.#deliveries.get(`${word} ${id}`) ?? []), ...sent]);
        }
      }
    }
  }

  #tiles({ value, file, pointer }: Answer<Dashboard>, reader: AnswerReader): CollectedQuery[] {
    const id = idText(value.id) ?? `${file.path}${pointer}`;
    const asker: Asker = {
      id: `${ID}:dashboard:${id}`,
      title: titleOf(value.title),
      description: descriptionOf(value.description),
      container: { kind: 'dashboard', id, title: titleOf(value.title) },
      owners: this.#owners(value.user_id, value.user_name, value.last_updater_name),
      isPublic: false,
      lifecycle: value.deleted === true ? 'archived' : 'active',
      usage: usageOf(value),
      schedule: this.#schedules.get(`dashboard ${id}`) ?? titleOf(value.refresh_interval),
      ...this.#sent(`dashboard ${id}`),
    };
    return (value.dashboard_elements ?? []).flatMap((item, index) => {
      const element = elementShape.safeParse(item);
      if (!element.success || element.data.deleted === true) return [];
      const slug = idText(element.data.result_maker?.sql_query_id);
      if (slug !== null) put(this.#sqlTiles, slug, { title: titleOf(element.data.title ?? element.data.title_text), asker });
      return reader.element({ value: element.data, file, pointer: `${pointer}/dashboard_elements/${index}` }, asker, index);
    });
  }

  #askerOfLook(look: Look): Asker {
    const id = idText(look.id);
    return {
      id: `${ID}:look`,
      title: titleOf(look.title),
      description: descriptionOf(look.description),
      container: look.folder ? { kind: 'folder', id: idText(look.folder.id) ?? 'unknown', title: titleOf(look.folder.name) } : null,
      owners: this.#owners(look.user_id ?? look.user?.id, look.user_name ?? look.user?.display_name, look.last_updater_name, look.user?.is_disabled === true),
      isPublic: look.public === true,
      lifecycle: look.deleted === true ? 'archived' : 'active',
      usage: usageOf(look),
      schedule: id === null ? null : (this.#schedules.get(`look ${id}`) ?? null),
      ...this.#sent(`look ${id ?? ''}`),
    };
  }

  #sent(what: string): Pick<Asker, 'deliveries'> {
    const deliveries = this.#deliveries.get(what);
    return deliveries === undefined ? {} : { deliveries };
  }

  #owners(id: string | number | null | undefined, name: string | null | undefined, editor: string | null | undefined, isDisabled = false): Owner[] {
    const user = this.#users.get(idText(id) ?? '');
    const author = user?.name ?? titleOf(name);
    const last = titleOf(editor);
    const owners: Owner[] = author === null ? [] : [{ name: author, via: 'author', ...(isDisabled || user?.isDisabled === true ? { inactive: true } : {}) }];
    if (last !== null && last !== author) owners.push({ name: last, via: 'editor' });
    return owners;
  }
}

function put<T>(into: Map<string, T>, key: string, value: T): void {
  if (!into.has(key)) into.set(key, value);
}

function usageOf({ view_count, last_viewed_at }: { view_count?: number | null | undefined; last_viewed_at?: string | null | undefined }): CollectedQuery['usage'] {
  return typeof view_count === 'number' || last_viewed_at ? { views: view_count ?? null, lastUsedAt: last_viewed_at ?? null } : null;
}
