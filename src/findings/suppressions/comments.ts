import type { CollectedQuery } from '../../model/query.js';
import type { SuppressionEntry, SuppressionProblem } from '../../model/suppression.js';
import { Scanner, scriptView, splitStatements, Token, type Span, type StatementSpan } from '../../sql/lexer.js';
import { LineIndex, type Place } from '../../text/line-index.js';
import { plainText } from '../../text/plain-text.js';
import { withHashComments } from '../hash-comments.js';
import { directivesIn } from './directive.js';

/** What comments hide, and what is wrong with them. In the order of files and of their lines. */
export interface CommentSuppressions {
  entries: SuppressionEntry[];
  problems: SuppressionProblem[];
}

/** Files of SQL, also where a template engine writes their last ending. */
const SQL_FILE = /\.(?:sql|psql|pgsql|ddl|dml|hql|bq)(?:\.(?:j2|jinja2?|tmpl|tpl|erb))?$/i;

/** Files that people write and in which SQL stands among other text. JSON and YAML are left out: tools export dashboards so. */
const FILE_WITH_SQL = /\.(?:md|mdx|markdown|qmd|rmd|ipynb|py|r|rb|java|kt|kts|scala|go|js|jsx|mjs|cjs|ts|tsx|cs|php|lkml)$/i;

/** Whether comments of ours are read in a file of this name, which people write. Of others nothing need be read for `commentSuppressions`. */
export function mayHoldComments(path: string): boolean {
  return SQL_FILE.test(path) || FILE_WITH_SQL.test(path);
}

/** Whether a text names us at all: without it no comment in it can be ours. */
const NAMES_US = /tidemark/i;

/**
 * Waivers that stand in SQL which people write: `-- tidemark-ignore rule: reason`, as a line, a block or a `#` comment, several rules
 * apart by commas. One holds for the statement that it stands in, behind on its last line, or above: then for the next that is a
 * query, or the next at all in a file without queries. In SQL among other text (a notebook, a page, a program) only comments within
 * the SQL are read, and they hold for the query around them. In exported dashboards none is: whoever edits a card would waive it.
 *
 * A comment without a reason, of a rule that does not exist, or without a statement is a problem `unreadable`. What looks like one
 * within a string or a dollar quote is none. Linear, and never throws.
 *
 * @param files as they stand after the change
 * @param queries those of the files, named by the same paths
 * @param rules ids and former ids of rules, each with the id that it has now; without it every id is taken for one
 */
export function commentSuppressions(
  files: readonly { path: string; text: string }[],
  queries: readonly CollectedQuery[],
  rules?: ReadonlyMap<string, string>,
): CommentSuppressions {
  const found: CommentSuppressions = { entries: [], problems: [] };
  const marked = new Map(files.filter(({ path, text }) => mayHoldComments(path) && NAMES_US.test(text)).map(({ path, text }) => [path, text.replace(/^\ufeff/, '')]));
  const byFile = new Map<string, CollectedQuery[]>([...marked.keys()].map((path) => [path, []]));
  for (const query of queries) byFile.get(query.origin.file)?.push(query);
  for (const [path, text] of marked) {
    const own = byFile.get(path) ?? [];
    const comments = SQL_FILE.test(path) ? commentsOfScript(text, own) : commentsOfQueries(text, own);
    for (const comment of comments) tell(comment, path, rules ?? null, found);
  }
  return found;
}

/** A comment, the line on which it begins, and the statement that it speaks of; null where there is none. */
interface PlacedComment {
  text: string;
  line: number;
  target: Target | null;
}

type Target = Pick<SuppressionEntry, 'queryId' | 'lines'>;

function tell({ text, line, target }: PlacedComment, file: string, rules: ReadonlyMap<string, string> | null, found: CommentSuppressions): void {
  for (const directive of directivesIn(text, rules)) {
    const place = { file, line: line + directive.line };
    const cause = 'cause' in directive ? directive.cause : target === null ? 'no statement stands below it' : null;
    if (cause === null && target !== null && 'reason' in directive) {
      const { rule, reason } = directive;
      found.entries.push({ by: 'comment', rule, consumer: null, store: null, relation: null, reason, owner: null, until: null, statements: null, place, ...target });
    } else if (cause !== null) {
      found.problems.push({ fault: 'unreadable', by: 'comment', rule: plainText(directive.rule), consumer: '', relation: '', owner: null, cause, place });
    }
  }
}

/** The comments of a file of SQL, in order. Offsets of the view are those of the text. */
function commentsOfScript(text: string, queries: readonly CollectedQuery[]): PlacedComment[] {
  const view = viewOf(text);
  const lines = new LineIndex(text);
  const spans = splitStatements(view);
  const targets = targetsOf(spans, queries, lines);
  const below = nextQueries(queries.length > 0 ? targets.map(({ isQuery }) => isQuery) : targets.map(() => true));
  const placed = (comment: Span, index: number): PlacedComment => {
    const target = targets[index];
    return { text: text.slice(comment.start, comment.end), line: lines.at(comment.start).line, target: target === undefined ? null : target.target };
  };
  const lineOf = (offset: number): number => lines.at(offset).line;
  /** Whether it stands behind a statement on its last line, with the next one further below. */
  const trails = (comment: Span, before: StatementSpan | undefined, next: StatementSpan | undefined): boolean =>
    before !== undefined && lineOf(before.end - 1) === lineOf(comment.start) && (next === undefined || lineOf(comment.end) !== lineOf(next.start));
  const found = spans.flatMap((span, index) => [
    ...span.comments.map((comment) => placed(comment, trails(comment, spans[index - 1], span) ? index - 1 : (below[index] ?? -1))),
    ...commentsWithin(view, span.start, span.end).map((comment) => placed(comment, index)),
  ]);
  const last = spans.at(-1);
  const tail = commentsWithin(view, last?.end ?? 0, view.length).map((comment) => placed(comment, trails(comment, last, undefined) ? spans.length - 1 : -1));
  return [...found, ...tail];
}

/** For each statement the first from it on that is a query; -1 where none is. */
function nextQueries(isQuery: readonly boolean[]): number[] {
  const found = isQuery.map(() => -1);
  for (let index = isQuery.length - 1; index >= 0; index -= 1) found[index] = isQuery[index] === true ? index : (found[index + 1] ?? -1);
  return found;
}

/** What is said of each statement: its lines, and its query where it is a single one. */
function targetsOf(spans: readonly StatementSpan[], queries: readonly CollectedQuery[], lines: LineIndex): { target: Target; isQuery: boolean }[] {
  const waiting = [...queries].sort((one, other) => comparePlaces(other.origin, one.origin));
  return spans.map((span) => {
    const [from, to] = [lines.at(span.start), lines.at(Math.max(span.start, span.end - 1))];
    const own: CollectedQuery[] = [];
    // A query begins within its statement, or above where the comments before it are of its text.
    for (let next = waiting.at(-1); next !== undefined && comparePlaces(next.origin, to) <= 0; next = waiting.at(-1)) {
      own.push(next);
      waiting.pop();
    }
    const [only, ...others] = own;
    const target: Target = {
      queryId: only !== undefined && others.length === 0 ? only.id : null,
      lines: { from: Math.min(from.line, only?.origin.line ?? from.line), to: to.line },
    };
    return { target, isQuery: only !== undefined };
  });
}

/** The comments within the SQL of each query of a file. */
function commentsOfQueries(text: string, queries: readonly CollectedQuery[]): PlacedComment[] {
  const byPlace = new Map<string, CollectedQuery[]>();
  for (const query of [...queries].sort((one, other) => comparePlaces(one.origin, other.origin))) {
    const key = JSON.stringify([query.origin.pointer, query.origin.line, query.origin.column, query.raw]);
    const known = byPlace.get(key);
    if (known === undefined) byPlace.set(key, [query]);
    else known.push(query);
  }
  const textLines = text.split('\n');
  return [...byPlace.values()].flatMap((same) => {
    const [{ id, raw, origin } = { id: '', raw: '', origin: { line: 1, column: 1 } }] = same;
    if (!NAMES_US.test(raw)) return [];
    const lines = new LineIndex(raw);
    // Where the text stands as it is, and not with the line ends of JSON, its lines are those of the file.
    const isPlain = raw.split('\n', 2)[0] === textLines[origin.line - 1]?.slice(origin.column - 1);
    const target: Target = same.length === 1 ? { queryId: id } : { queryId: null, lines: { from: origin.line, to: origin.line } };
    return commentsWithin(viewOf(raw), 0, raw.length).map((comment): PlacedComment => ({
      text: raw.slice(comment.start, comment.end),
      line: origin.line + (isPlain ? lines.at(comment.start).line - 1 : 0),
      target,
    }));
  });
}

/** Comments of Jinja (`{#…#}`) and those with `#` count like others, and other templates are no SQL. Every letter stays where it was. */
function viewOf(text: string): string {
  const shown = text.replace(/\{#([^{}]{0,2000})#\}/g, (comment, said: string) => (/\/\*|\*\//.test(said) ? comment : `/*${said}*/`));
  return withHashComments(scriptView(shown));
}

function commentsWithin(view: string, from: number, to: number): Span[] {
  const scanner = new Scanner(view);
  scanner.position = from;
  const found: Span[] = [];
  for (let kind = scanner.next(); kind !== Token.End && scanner.start < to; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) found.push({ start: scanner.start, end: scanner.end });
  }
  return found;
}

function comparePlaces(one: Place, other: Place): number {
  return one.line - other.line || one.column - other.column;
}
