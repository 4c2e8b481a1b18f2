import type { CollectedQuery } from '../../model/query.js';
import { splitStatements } from '../../sql/lexer.js';
import { neutraliseEvidence } from '../../template/evidence-references.js';
import { EXPANSION_LENGTH_MAX, REFERENCE_DEPTH_MAX } from '../../template/expansion.js';
import type { Hole } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { mergeProblems, Notes, type Neutralised } from '../../template/result.js';
import type { SourceFile } from '../common/source-file.js';
import type { ReadContext } from '../source.js';
import { queryNameOf } from './prism.js';
import { type EvidenceProjects, type ReadPageFile } from './project.js';
import { EXTRACT, folderOf, queryRecord, stemOf } from './record.js';

/** The queries of `sources/<name>/`: what the build asks of the real database. */
export function sourceQueries(projects: EvidenceProjects, context: ReadContext): CollectedQuery[] {
  return projects.sourceQueries.filter(hasStatement).map((file) => {
    const folder = folderOf(file.path);
    const connection = projects.connectionOf(file.path) ?? context.connection;
    const { variants, problems } = neutraliseEvidence(file.text, (name) => ({ name, assumption: `EVIDENCE_VAR__${name.slice(0, 80)} is set when it is built` }));
    return queryRecord({
      id: file.path,
      title: connection?.name === undefined || connection.name === null ? stemOf(file.path) : `${connection.name}.${stemOf(file.path)}`,
      container: { kind: 'folder', id: folder, title: folder },
      connection,
      origin: { file: file.path, pointer: '', ...file.position(0) },
      raw: file.text,
      variants,
      problems,
      schedule: 'on build',
    });
  });
}

/** False for a file of comments only, which the build skips. */
function hasStatement({ text }: SourceFile): boolean {
  return text.length > TEXT_LENGTH_MAX || splitStatements(text).length > 0;
}

/** `queries/`: what pages load by their front matter. The name has the folders below `queries` in it. */
export function sharedQueryName(path: string): string {
  const below = path.slice(path.lastIndexOf('queries/') + 'queries/'.length);
  return below.replace(/\.\w+$/, '').replace(/[^A-Za-z0-9_]+/g, '_');
}

const textsByName = new WeakMap<readonly SourceFile[], ReadonlyMap<string, string>>();

/** The shared queries of one project by name; made once, however many pages ask. */
export function sharedTexts(shared: readonly SourceFile[]): ReadonlyMap<string, string> {
  const known = textsByName.get(shared);
  if (known !== undefined) return known;
  const texts = new Map(shared.map((file) => [sharedQueryName(file.path), file.text]));
  textsByName.set(shared, texts);
  return texts;
}

export function sharedQueries(projects: EvidenceProjects, context: ReadContext): CollectedQuery[] {
  const inliners = new Map<string, QueryInliner>();
  const inlinerOf = (path: string): QueryInliner => {
    const project = projects.projectOf(path);
    const inliner = inliners.get(project) ?? new QueryInliner(sharedTexts(projects.sharedWith(path)));
    inliners.set(project, inliner);
    return inliner;
  };
  return projects.sharedQueries.filter(hasStatement).map((file) => {
    const isLegacy = projects.isLegacy(file.path);
    return queryRecord({
      id: file.path,
      title: sharedQueryName(file.path),
      container: { kind: 'folder', id: folderOf(file.path), title: folderOf(file.path) },
      connection: isLegacy ? EXTRACT : (projects.connectionOf(file.path) ?? context.connection),
      origin: { file: file.path, pointer: '', ...file.position(0) },
      raw: file.text,
      ...inlinerOf(file.path).render(file.text, sharedQueryName(file.path)),
      schedule: isLegacy ? null : 'live',
    });
  });
}

/** The fenced queries of a page: DuckDB in the browser, over what the build extracted. */
export function legacyPage({ file, page, variables }: ReadPageFile, shared: readonly SourceFile[]): CollectedQuery[] {
  const named = page.fences.flatMap((fence) => {
    const name = queryNameOf(fence.language, fence.meta);
    return name === null ? [] : [{ ...fence, name }];
  });
  const texts = new Map([...loadedQueries(variables, shared), ...named.map(({ name, text }) => [name, text] as const)]);
  const inliner = new QueryInliner(texts);
  const title = typeof variables['title'] === 'string' ? variables['title'] : stemOf(file.path);
  return named.map(({ name, text, start }) =>
    queryRecord({
      id: `${file.path}:${name}`,
      title: name,
      container: { kind: 'dashboard', id: file.path, title },
      connection: EXTRACT,
      origin: { file: file.path, pointer: `query ${name}`, ...file.position(start) },
      raw: text,
      ...inliner.render(text, name),
      schedule: null,
    }),
  );
}

/** `queries: [sales.sql, by_month: team/by_month.sql]`: texts by the names that the page gives them. */
function loadedQueries({ queries }: Record<string, unknown>, shared: readonly SourceFile[]): [string, string][] {
  const items: unknown[] = Array.isArray(queries) ? queries : [];
  return items.flatMap((item): [string, string][] => {
    const [alias, path] = typeof item === 'string' ? [null, item] : (Object.entries(Object(item))[0] ?? [null, null]);
    if (typeof path !== 'string') return [];
    const found = shared.find((file) => file.path.endsWith(`queries/${path}`));
    return found === undefined ? [] : [[alias ?? sharedQueryName(found.path), found.text]];
  });
}

/** Puts other queries in place of `${name}`, in parentheses, as the tool does. */
class QueryInliner {
  readonly #rendered = new Map<string, Neutralised>();
  readonly #open: string[] = [];

  constructor(readonly texts: ReadonlyMap<string, string>) {}

  render(text: string, name: string): Neutralised {
    const known = this.#rendered.get(name);
    if (known !== undefined) return known;
    const notes = new Notes();
    this.#open.push(name);
    const { variants, problems } = neutraliseEvidence(text, (expression) => this.#hole(expression, notes));
    this.#open.pop();
    // A query that is missing or contains itself is named once: it is no relation that the running tool knows.
    const named = notes.problems.flatMap(({ message }) => /^the query (\w+) (?:is not on the page|contains itself)$/.exec(message)?.[1] ?? []);
    const others = problems.filter(({ message }) => !named.some((query) => message.startsWith(`the input ${query} names a relation`)));
    const rendered = { variants, problems: mergeProblems([others, notes.problems]) };
    this.#rendered.set(name, rendered);
    return rendered;
  }

  #hole(expression: string, notes: Notes): Omit<Hole, 'start' | 'end'> {
    const text = this.texts.get(expression);
    if (text === undefined) {
      if (/^\w+$/.test(expression)) notes.problem('missing-reference', `the query ${expression.slice(0, 80)} is not on the page`);
      return { name: expression };
    }
    if (this.#open.includes(expression) || this.#open.length >= REFERENCE_DEPTH_MAX) {
      notes.problem('cyclic-reference', `the query ${expression} contains itself`);
      return { name: expression };
    }
    const { variants, problems } = this.render(text, expression);
    for (const { code, message } of problems) notes.problem(code, message);
    const sql = (variants[0]?.sql ?? '').trim().replace(/;$/, '');
    if (sql === '') return { name: expression };
    if (sql.length > EXPANSION_LENGTH_MAX) {
      notes.problem('too-large', `the query ${expression} expands to more than ${EXPANSION_LENGTH_MAX} characters`);
      return { name: expression };
    }
    return { name: expression, text: `(${sql}\n)` };
  }
}
