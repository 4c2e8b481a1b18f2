import type { CollectedQuery, ConnectionReference, Owner, Problem, QueryRole, QueryVariant } from '../model/query.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import { neutraliseCopyCommand, neutraliseSqlFile, scriptStatements, type ScriptStatement } from '../template/sql-file.js';
import { rebuiltVariant } from '../template/wrap.js';
import { declarationOf, freeFields } from './common/declaration.js';
import type { SourceFile } from './common/source-file.js';
import { descriptionOf, titleOf } from './common/words.js';
import type { ReadContext, Source } from './source.js';
import { semanticView } from './sql-files/semantic-view.js';
import { commentMetadata, frontMatter, nearestMetadata, withDefaults, type ScriptMetadata } from './sql-files/metadata.js';

const ID = 'sql-files';

/** How much of a file is looked at to tell whether it is SQL. */
const HEAD_LENGTH = 20_000;

const FIRST_WORD =
  /^(select|with|values|table|insert|update|delete|merge|create|alter|drop|truncate|copy|\\copy|explain|declare|refresh|grant|revoke|comment|set|begin|start|call|do|analyze|vacuum|reindex|prepare|execute|attach|import|export|pivot|summarize|from)\b/i;

/** Statements that name no relation: transactions, settings, locks of the session. */
const SESSION_CONTROL =
  /^(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|set|reset|discard|checkpoint|listen|unlisten|notify|deallocate)\b/i;

/** Plain SQL scripts: psql, sqlc, dbt-like reports, migrations. */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (file.value !== undefined || file.syntaxProblem !== null) return 0;
    const { end } = frontMatter(file.text);
    const head = file.text.slice(end, end + HEAD_LENGTH);
    const first = scriptStatements(head)[0];
    if (first === undefined || !FIRST_WORD.test(head.slice(first.start, first.start + 20))) return 0;
    if (/\.(sql|psql|pgsql|ddl|dml)$/i.test(file.path)) return 0.9;
    return certaintyOfText(head.slice(first.start, first.end));
  },
  read(files, context) {
    return files.flatMap((file) => readScript(file, context));
  },
};

/** Whether a script begins with a word that is no SQL, so that nothing in it was read: a misspelt verb, prose, a command of a tool. Templates are for who renders them. */
export function beginsOtherwise(script: string): string | null {
  const text = script.slice(frontMatter(script).end);
  const first = scriptStatements(text.slice(0, HEAD_LENGTH))[0];
  const word = first === undefined || /\{[{%#]/.test(text) ? null : (/^[a-z]\w*/i.exec(text.slice(first.start, first.start + 40))?.[0] ?? null);
  return word === null || FIRST_WORD.test(word) || SESSION_CONTROL.test(text.slice(first?.start, (first?.start ?? 0) + 40)) ? null : word;
}

/** Prose may begin with a word of SQL ("With this release …"), so a file without the name of a script must look like a query. */
function certaintyOfText(statement: string): number {
  const head = statement.slice(0, 4_000);
  if (!/^(select|with)\b/i.test(head) || /^with\s+[\w'-]+\s+(?!as\b|\(|recursive\b)/i.test(head)) return 0.1;
  return /\bselect\b[^;]*\bfrom\s+["\w]/i.test(head) ? 0.6 : 0.4;
}

function readScript(file: SourceFile, context: ReadContext): CollectedQuery[] {
  const front = frontMatter(file.text);
  if (front.broken) {
    context.gap({
      subject: file.path,
      missing: 'what its front matter says (name, owner, store)',
      cause: 'the YAML between its --- lines cannot be read',
      remedy: 'mend the YAML; the statements behind it were read',
      severity: 'partial',
    });
  }
  // Blanked, so that offsets stay those of the file.
  const text = ' '.repeat(front.end) + file.text.slice(front.end);
  const statements = scriptStatements(text);
  // What the first comments say of owner and store holds for the whole file; name and description are the statement's own.
  const ofFile = withDefaults(front.metadata, { ...commentMetadata(statements[0]?.commentTexts ?? []), name: null, description: null });
  const taken = new Set<string>();
  const queries = statements.filter(({ start }) => !SESSION_CONTROL.test(text.slice(start, start + 40)));
  return queries.flatMap((statement, index) => {
    const own = nearestMetadata(statement.commentTexts);
    const name = own.name ?? (queries.length === 1 ? ofFile.name : null);
    const metadata: ScriptMetadata = { ...withDefaults(own, ofFile), name };
    const part = { file, text, statement, metadata, part: unused(partOf(name, index, queries.length), taken), context };
    const metrics = semanticQueries(part);
    return metrics.length > 0 ? metrics : [statementQuery(part)];
  });
}

function partOf(name: string | null, index: number, count: number): string {
  if (name !== null) return `:${name}`;
  return count === 1 ? '' : `:${index + 1}`;
}

function unused(part: string, taken: Set<string>): string {
  let candidate = part;
  for (let count = 2; taken.has(candidate); count++) candidate = `${part}#${count}`;
  taken.add(candidate);
  return candidate;
}

interface ScriptPart {
  file: SourceFile;
  text: string;
  statement: ScriptStatement;
  metadata: ScriptMetadata;
  /** With its colon; '' for the only statement of a file. */
  part: string;
  context: ReadContext;
}

/** The metrics of a semantic view: each is a record, and the view itself is none, since no statement of SQL reads it. */
function semanticQueries({ file, text, statement, metadata, part, context }: ScriptPart): CollectedQuery[] {
  const raw = text.slice(statement.start, statement.end);
  const view = raw.length > TEXT_LENGTH_MAX ? null : semanticView(raw);
  const owners: Owner[] = metadata.owner === null ? [] : [{ name: metadata.owner, via: 'owner-field' }];
  return (view?.metrics ?? []).map((metric): CollectedQuery => {
    const { name, expression, start, sql, comment, incomplete } = metric;
    const problems: Problem[] = sql === null ? [{ code: 'unsupported', message: incomplete ?? 'its SQL cannot be put together' }] : [];
    const declaration = declarationOf({
      by: `semantic view ${view?.name ?? ''}`, name, label: null, intent: comment ?? view?.comment, owners, dimensions: metric.dimensions, incomplete,
      access: metric.isPrivate ? 'private' : null, free: freeFields([{ aliases: metric.synonyms }], null),
    });
    return {
      id: `${ID}:${file.path}${part}:metric:${name}`, kind: ID, role: 'metric', sqlKind: 'expression',
      title: titleOf(name.replaceAll('_', ' ')), description: descriptionOf(comment), container: { kind: 'model', id: view?.name ?? name, title: titleOf(view?.name) }, owners,
      connection: metadata.store === null ? context.connection : namedConnection(metadata.store),
      origin: { file: file.path, pointer: '', ...file.position(statement.start + Math.max(0, start)) },
      raw: start === -1 ? '' : expression, reconstructed: start === -1, variants: sql === null ? [] : [rebuiltVariant('default', sql, ['the SQL is rebuilt from the semantic view'])],
      isPublic: false, lifecycle: 'active', usage: null, schedule: metadata.schedule, problems, declaration,
    };
  });
}

function statementQuery({ file, text, statement, metadata, part, context }: ScriptPart): CollectedQuery {
  const raw = text.slice(statement.start, statement.end);
  const isLarge = raw.length > TEXT_LENGTH_MAX;
  const view = isLarge ? null : viewName(raw);
  const position = file.position(statement.start);
  const { variants, problems } = statement.command === 'copy' ? copyCommand(raw) : neutraliseSqlFile(raw);
  return {
    id: `${ID}:${file.path}${part}`,
    kind: ID,
    role: view === null ? 'query' : ('view' satisfies QueryRole),
    sqlKind: 'statement',
    title: titleOf(metadata.name) ?? titleOf(view) ?? fileTitle(file.path, part),
    description: descriptionOf(metadata.description),
    container: folderOf(file.path),
    owners: metadata.owner === null ? [] : [{ name: metadata.owner, via: 'owner-field' }],
    connection: metadata.store === null ? context.connection : namedConnection(metadata.store),
    origin: { file: file.path, pointer: '', ...position },
    raw: isLarge ? '' : raw,
    reconstructed: false,
    variants,
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule: metadata.schedule,
    problems,
  };
}

/** psql runs the query of `\copy (query) to` as COPY … TO STDOUT; other forms move a table and are kept as they stand. */
function copyCommand(raw: string): { variants: QueryVariant[]; problems: Problem[] } {
  const sent = neutraliseCopyCommand(raw);
  if (sent !== null) return sent;
  const table = /^\\copy\s+(?:binary\s+)?([\w."]+(?:\s*\([^)]*\))?)\s+(to|from)\s/i.exec(raw);
  if (table?.[1] === undefined || table[2] === undefined) {
    return { variants: [], problems: [{ code: 'unsupported', message: 'this form of \\copy cannot be read' }] };
  }
  const sql = `COPY ${table[1]} ${table[2].toLowerCase() === 'to' ? 'TO STDOUT' : 'FROM STDIN'}`;
  const map = [{ out: 0, src: 0, length: sql.length, srcEnd: raw.length, copy: false }];
  return { variants: [{ label: 'default', sql, map, assumptions: ['psql sends \\copy as COPY over its own connection'] }], problems: [] };
}

/** The name that a CREATE VIEW gives, as written; null for other statements. */
function viewName(sql: string): string | null {
  const head = sql.slice(0, 1_000);
  const match =
    /^create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:recursive\s+)?(?:materialized\s+)?view\s+(?:if\s+not\s+exists\s+)?((?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))*)/i.exec(head);
  return match?.[1] ?? null;
}

function fileTitle(path: string, part: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  return part === '' ? name : `${name} ${part.slice(1)}`;
}

function folderOf(path: string): CollectedQuery['container'] {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return folder === '' ? null : { kind: 'folder', id: folder, title: folder };
}

function namedConnection(name: string): ConnectionReference {
  return { id: null, name, engine: null, host: null, database: null };
}
