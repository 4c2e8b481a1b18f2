import type { CollectedQuery, ConnectionReference, Container, Delivery, Origin, Owner, Problem, QueryVariant } from '../../model/query.js';
import { fillHoles } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { neutraliseLiquid } from '../../template/liquid.js';
import { rebuiltVariant } from '../../template/wrap.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import type { z } from 'zod';
import { baseOf, built, type Models } from './models.js';
import { requestOf } from './question.js';
import { ID } from './records.js';
import { idText, isQuestion, questionShape, type Element, type lookShape, type sqlQueryShape } from './shapes.js';

export interface Answer<T> {
  value: T;
  file: SourceFile;
  pointer: string;
}

export type SqlQuery = z.infer<typeof sqlQueryShape>;
type Look = z.infer<typeof lookShape>;

/** What is said of an object that asks: a Look, a dashboard. */
export interface Asker {
  /** Its id without that of the tile. */
  id: string;
  title: string | null;
  description: string | null;
  container: Container | null;
  owners: Owner[];
  isPublic: boolean;
  lifecycle: CollectedQuery['lifecycle'];
  usage: CollectedQuery['usage'];
  schedule: string | null;
  deliveries?: Delivery[];
}

/** A tile that shows a text of SQL Runner. */
export interface SqlTile {
  title: string | null;
  asker: Asker;
}

/** What the other answers tell. */
export interface Known {
  run(id: string | null): Answer<string> | undefined;
  question(id: string | null): Answer<Record<string, unknown>> | undefined;
  /** The queries whose results are merged. */
  merged(id: string | null): readonly { query: string; name: string | null }[];
  hasLook(id: string | null): boolean;
  hasSqlQuery(id: string | null): boolean;
  connection(name: string): ConnectionReference;
  connectionOf(model: string | null, explore: string): ConnectionReference | null;
}

interface Text {
  origin: Origin;
  raw: string;
  reconstructed: boolean;
  variants: QueryVariant[];
  problems: Problem[];
}

/** The queries in Looks, tiles and SQL Runner: with the SQL that Looker answered for them, else rebuilt from LookML. */
export class AnswerReader {
  constructor(
    readonly models: Models,
    readonly origins: Origins,
    readonly fallback: ConnectionReference | null,
    readonly known: Known,
  ) {}

  look({ value, file, pointer }: Answer<Look>, asker: Asker): CollectedQuery {
    const id = idText(value.id) ?? `${file.path}${pointer}`;
    return this.#question(asker, `:${id}`, asker.title, value.query, idText(value.query_id), { file, pointer: `${pointer}/query` });
  }

  /** One tile of a dashboard; a Look that stands in it is a record of its own, a text is none. */
  element({ value, file, pointer }: Answer<Element>, asker: Asker, index: number): CollectedQuery[] {
    const { look, look_id, query, query_id, result_maker } = value;
    const part = `:${idText(value.id) ?? `element ${index + 1}`}`;
    const title = titleOf(value.title ?? value.title_text) ?? asker.title;
    if (this.known.hasLook(idText(look_id)) || this.known.hasSqlQuery(idText(result_maker?.sql_query_id))) return [];
    if (isQuestion(query)) return [this.#question(asker, part, title, query, idText(query_id), { file, pointer: `${pointer}/query` })];
    if (isQuestion(result_maker?.query)) {
      return [this.#question(asker, part, title, result_maker.query, idText(result_maker.query_id), { file, pointer: `${pointer}/result_maker/query` })];
    }
    if (isQuestion(look?.['query'])) return [this.#question(asker, part, title, look['query'], idText(query_id), { file, pointer: `${pointer}/look/query` })];
    const merged = this.known.merged(idText(value.merge_result_id ?? result_maker?.merge_result_id));
    if (merged.length > 0) return merged.map(({ query: inner, name }) => this.#asked(asker, `${part}:${inner}`, name ?? title, inner, { file, pointer }));
    const stated = idText(query_id ?? result_maker?.query_id);
    if (this.known.question(stated) !== undefined || this.known.run(stated) !== undefined) return [this.#asked(asker, part, title, stated, { file, pointer })];
    const missing = this.#missing(value);
    return missing === null ? [] : [this.#record(asker, part, title, { origin: this.origins.add(file, pointer), raw: '', reconstructed: true, variants: [], problems: [missing] }, this.fallback)];
  }

  /** A query that is only named: it stands in an answer of its own. */
  #asked(asker: Asker, part: string, title: string | null, id: string | null, place: { file: SourceFile; pointer: string }): CollectedQuery {
    const question = this.known.question(id);
    return this.#question(asker, part, title, question?.value ?? {}, id, question ?? place);
  }

  /** A statement that somebody wrote into SQL Runner; of one that a dashboard shows, the tile says what it is. */
  runner({ value, file, pointer }: Answer<SqlQuery>, owners: Owner[], tile: SqlTile | undefined): CollectedQuery {
    const asker: Asker = {
      id: `${ID}:sql-runner`,
      title: null,
      description: tile?.asker.description ?? null,
      container: tile?.asker.container ?? null,
      owners: owners.length > 0 ? owners : (tile?.asker.owners ?? []),
      isPublic: false,
      lifecycle: tile?.asker.lifecycle ?? 'active',
      usage: typeof value.run_count === 'number' || value.last_run_at ? { views: value.run_count ?? null, lastUsedAt: value.last_run_at ?? null } : null,
      schedule: tile?.asker.schedule ?? null,
    };
    const connection = value.connection_name ?? value.connection?.name ?? value.connection_id ?? null;
    // Attributes of the user are written as in LookML.
    const text = { ...this.#sent({ value: value.sql ?? '', file, pointer: `${pointer}/sql` }), ...neutraliseLiquid(value.sql ?? '') };
    const known = connection === null ? null : this.known.connection(connection);
    const title = tile?.title ?? `SQL Runner ${value.slug ?? ''}`.trim();
    return this.#record(asker, `:${value.slug ?? `${file.path}${pointer}`}`, title, text, known ?? this.fallback);
  }

  #question(asker: Asker, part: string, title: string | null, value: unknown, stated: string | null, place: { file: SourceFile; pointer: string }): CollectedQuery {
    const question = questionShape.safeParse(value).data;
    const explore = question?.view ?? question?.explore ?? '';
    const model = question?.model ?? null;
    const connection = this.known.connectionOf(model, explore) ?? this.models.find(model, explore, null)?.connection ?? this.fallback;
    const run = this.known.run(idText(question?.id) ?? stated);
    if (run !== undefined) return this.#record(asker, part, title, this.#sent(run), connection);
    const origin = this.origins.add(place.file, place.pointer);
    const empty: Text = { origin, raw: '', reconstructed: true, variants: [], problems: [] };
    const found = question === undefined ? null : this.models.find(model, explore, null);
    if (question === undefined || found === null) {
      const message = `neither the LookML of the explore ${explore.slice(0, 80) || 'it asks'} nor the SQL that Looker makes of it is among the files; read one of them too`;
      return this.#record(asker, part, title, { ...empty, problems: [{ code: 'missing-reference', message }] }, connection);
    }
    const { request, omitted } = requestOf(question, baseOf(found.explores, explore), []);
    const { sql, trace } = built(found.explores, explore, request, omitted);
    const variants = sql === null ? [] : [rebuiltVariant('default', sql, ['the SQL is rebuilt from LookML as PostgreSQL would get it', ...trace.notes.assumptions])];
    return this.#record(asker, part, title, { ...empty, variants, problems: trace.notes.problems }, connection);
  }

  /** A statement as it stands in an answer. */
  #sent({ value, file, pointer }: Answer<string>): Text {
    const raw = value.length > TEXT_LENGTH_MAX ? '' : value;
    return { origin: this.origins.add(file, pointer), raw, reconstructed: false, ...fillHoles(value, []) };
  }

  #missing({ merge_result_id, result_maker, look_id, query_id }: Element): Problem | null {
    if (idText(merge_result_id ?? result_maker?.merge_result_id) !== null) {
      return { code: 'unsupported', message: 'the tile merges the results of several queries, which the answer does not hold' };
    }
    if (idText(result_maker?.sql_query_id) !== null) return { code: 'missing-reference', message: 'the SQL Runner query of the tile is not among the files' };
    if (idText(look_id) !== null) return { code: 'missing-reference', message: 'the Look of the tile is not among the files' };
    return idText(query_id ?? result_maker?.query_id) === null ? null : { code: 'missing-reference', message: 'the query of the tile is not among the files' };
  }

  #record(asker: Asker, part: string, title: string | null, text: Text, connection: ConnectionReference | null): CollectedQuery {
    return { ...asker, id: asker.id + part, kind: ID, role: 'query', sqlKind: 'statement', title, connection, ...text };
  }
}
