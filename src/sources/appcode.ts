import type { CollectedQuery, ConnectionReference, Problem } from '../model/query.js';
import type { SourceFile } from './common/source-file.js';
import { titleOf } from './common/words.js';
import { CODE_LENGTH_MAX, isMinified, isProgram, isPython, readCode } from './code/code-file.js';
import { connectionsOf } from './code/connections.js';
import { entityQuery } from './code/jpql.js';
import { codeQuery, Ids, renderCode } from './code/record.js';
import { FOUND_MAX, type FoundText } from './code/scan.js';
import { isDag } from './airflow/recognise.js';
import type { ReadContext, Source } from './source.js';

const ID = 'appcode';

/** Words that every statement begins with or holds: files without any are not parsed. */
const SQL_WORDS = /\b(select|insert\s+into|insert\s+overwrite|update|delete\s+from|merge\s+into|create\s+(or\s+replace\s+)?[a-z]+|alter\s+table|drop\s+[a-z]+|truncate|refresh\s+materialized|copy|call|exec|execute|with)\b/i;
const TEST_PATH = /(^|\/)(tests?|specs?|__tests__|testdata|__mocks__)\/|_test\.go$|\.(test|spec)\.[cm]?[jt]sx?$|_(spec|test)\.rb$|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$|(Test|Tests|IT)\.(java|kt|cs|php)$/;

/** SQL in the programs of a repository: Python, JavaScript, TypeScript, Java, Go, Ruby, Kotlin, C#, PHP, R. Nothing is run. */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (!isProgram(file.path) || !SQL_WORDS.test(file.text)) return 0;
    if (isMinified(file.path, file.text)) return 0.4;
    if (belongsToOthers(file)) return 0.2;
    const { texts, built } = readCode(file);
    return texts.length + built.length > 0 ? 0.6 : 0.1;
  },
  read: (files, context) => files.flatMap((file) => readProgram(file, context)),
};

/** Models of dbt, of Cube and of marimo, DAGs and Databricks notebooks have readers of their own. */
function belongsToOthers({ path, text }: SourceFile): boolean {
  if (/\.[cm]?[jt]s$/i.test(path)) return /(^|\n)\s*(cube|view)\s*\(\s*[`'"]/.test(text);
  if (!isPython(path)) return false;
  return isDag(text) || text.startsWith('# Databricks notebook source') || /(^|\n)def model\s*\(\s*dbt\b/.test(text) || (/(^|\n)import marimo\b/.test(text) && text.includes('marimo.App('));
}

function readProgram(file: SourceFile, context: ReadContext): CollectedQuery[] {
  if (isMinified(file.path, file.text)) {
    gap(file, 'its lines are so long that a bundler made it', 'name the folder of the sources instead of what is built from them', context);
    return [];
  }
  const { texts, built, isCut } = readCode(file);
  if (isCut) gap(file, `only the first ${CODE_LENGTH_MAX} characters and ${FOUND_MAX} statements of a program are read`, 'split the file', context);
  const connections = connectionsOf(file);
  const ids = new Ids();
  const queries = texts.map((found) => ({ from: found.text.offsetOf(0), query: textQuery(found, file, ids, connections.of(found) ?? context.connection) }));
  for (const { name, expression, call, from, use } of built) {
    const problem: Problem = { code: 'dynamic-sql', message: `the program builds the text that ${call}(${expression}) sends` };
    const query = codeQuery({ ...shared(file, ids, name), origin: origin(file, from), connection: connections.ofUse(use, from) ?? context.connection, raw: '', variants: [], problems: [problem] });
    queries.push({ from, query });
  }
  return queries.toSorted((one, other) => one.from - other.from).map(({ query }) => query);
}

function gap(file: SourceFile, cause: string, remedy: string, context: ReadContext): void {
  context.gap({ subject: file.path, missing: 'the queries of this file, or of its end', cause, remedy, severity: 'partial' });
}

function textQuery(found: FoundText, file: SourceFile, ids: Ids, connection: ConnectionReference | null): CollectedQuery {
  const entity = entityQuery(found, file.text);
  const rendered = entity ?? renderCode(found.text);
  return codeQuery({ ...shared(file, ids, found.name), origin: origin(file, found.text.offsetOf(0)), connection, ...rendered });
}

function shared(file: SourceFile, ids: Ids, name: string | null) {
  const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
  const fileName = file.path.slice(file.path.lastIndexOf('/') + 1);
  return {
    id: ids.unused(`${ID}:${file.path}:${name ?? 'file'}`),
    kind: ID,
    title: titleOf(name) ?? titleOf(fileName),
    description: null,
    container: folder === '' ? null : { kind: 'folder' as const, id: folder, title: folder },
    owners: [],
    lifecycle: TEST_PATH.test(file.path) ? ('draft' as const) : ('active' as const),
  };
}

function origin(file: SourceFile, offset: number): CollectedQuery['origin'] {
  return { file: file.path, pointer: '', ...file.position(offset) };
}
