import type { SyntaxNode } from '@lezer/common';
import type { CollectedQuery, ConnectionReference, Owner, Problem } from '../../model/query.js';
import { wrapFragment } from '../../template/wrap.js';
import { CodeText } from '../code/code-text.js';
import { readCode } from '../code/code-file.js';
import { connectionsOf } from '../code/connections.js';
import { textOf } from '../code/program.js';
import { dictionaryEntries } from '../code/python.js';
import { codeQuery, type Ids, namedConnection, renderCode, type RenderedCode } from '../code/record.js';
import type { ProgramScan } from '../code/scan.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { dagsOf, type Dag } from './dag.js';
import type { SqlFiles } from './files.js';
import { airflowEnvironment } from './jinja.js';
import { defaultConnection, tasksOf, type Task } from './operators.js';

const ID = 'airflow';
const CLIMB_MAX = 500;
const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** Every SQL text of a program that declares DAGs: of its tasks first, then of its functions. */
export function readDagFile(file: SourceFile, sqlFiles: SqlFiles, ids: Ids, context: ReadContext): CollectedQuery[] {
  const { scan, isCut } = readCode(file);
  if (scan === null) return [];
  if (isCut) context.gap({ subject: file.path, missing: 'the queries at the end of this file', cause: 'it is longer, or holds more statements, than are read', remedy: 'split the file', severity: 'partial' });
  return new DagFileReader(file, scan, sqlFiles, ids, context).read();
}

class DagFileReader {
  readonly #dags: Dag[];
  readonly #byVariable: ReadonlyMap<string | null, Dag>;
  /** By the start of the context or function; the outermost one of a place. */
  readonly #byPlace: ReadonlyMap<number, Dag>;
  readonly #taken: { from: number; to: number }[] = [];
  readonly #found: { from: number; query: CollectedQuery }[] = [];

  constructor(
    readonly file: SourceFile,
    readonly scan: ProgramScan,
    readonly sqlFiles: SqlFiles,
    readonly ids: Ids,
    readonly context: ReadContext,
  ) {
    this.#dags = dagsOf(scan);
    this.#byVariable = new Map(this.#dags.toReversed().map((dag) => [dag.variable, dag]));
    this.#byPlace = new Map(this.#dags.toReversed().map((dag) => [dag.from, dag]));
  }

  read(): CollectedQuery[] {
    for (const task of tasksOf(this.scan)) {
      const dag = this.#dagOf(task.node, task.named);
      for (const { node } of task.sql) this.#argument(task, dag, node, 0);
      this.#checks(task, dag);
    }
    this.#functions();
    return this.#found.toSorted((one, other) => one.from - other.from).map(({ query }) => query);
  }

  /** The DAG of a place: the context or function around it, the one that is named, or the only one. */
  #dagOf(node: SyntaxNode, named: ReadonlyMap<string, SyntaxNode> = new Map()): Dag | null {
    const variable = named.get('dag');
    const byName = variable === undefined ? undefined : this.#byVariable.get(textOf(variable, this.scan.source));
    if (byName !== undefined) return byName;
    for (let at: SyntaxNode | null = node, climbed = 0; at !== null && climbed < CLIMB_MAX; at = at.parent, climbed++) {
      const around = this.#byPlace.get(at.from);
      if (around !== undefined && around.to === at.to) return around;
    }
    const [only, ...more] = this.#dags.slice(0, 2);
    return more.length === 0 ? (only ?? null) : null;
  }

  /** One text, each of a list, the file that a text names, or what only the running program knows. */
  #argument(task: Task, dag: Dag | null, node: SyntaxNode, depth: number): void {
    if ((node.name === 'ArrayExpression' || node.name === 'TupleExpression') && depth < 3) {
      for (let child = node.firstChild; child !== null; child = child.nextSibling) if (/^[A-Z]/.test(child.name) && child.name !== 'Comment') this.#argument(task, dag, child, depth + 1);
      return;
    }
    if (node.name === 'VariableName' && depth < 3) {
      const [only, ...more] = this.scan.bindingsOf(textOf(node, this.scan.source), node);
      if (only !== undefined && more.length === 0 && /^(ArrayExpression|TupleExpression)$/.test(only.value.name)) return this.#argument(task, dag, only.value, depth + 1);
    }
    if (node.name === 'None') return;
    const literals: SyntaxNode[] = [];
    const text = this.scan.evaluator.evaluate(node, literals)?.trimmed() ?? null;
    const path = this.scan.evaluator.filePath(node) ?? (text !== null && /\.(sql|hql|bql|ddl)\s*$/i.test(text.text) && !/\s\w+\s/.test(text.text.trim()) ? text.text.trim() : null);
    if (text !== null) for (const { from, to } of literals) this.#taken.push({ from, to });
    if (path !== null) this.#file(task, dag, node, path);
    else if (text === null) this.#dynamic(task, dag, node);
    else this.#add(task, dag, text.offsetOf(0), renderCode(text, this.#environment(dag)));
  }

  #file(task: Task, dag: Dag | null, node: SyntaxNode, path: string): void {
    const found = this.sqlFiles.resolve(path, this.file.path, dag?.searchPaths ?? []);
    if (found === null) {
      const problem: Problem = { code: 'missing-reference', message: `its SQL is the file ${path.slice(0, 200)}, which is not among the files that were read` };
      return this.#add(task, dag, node.from, { raw: '', variants: [], problems: [problem] });
    }
    this.sqlFiles.use(found);
    const text = new CodeText().copy(found.text, 0, found.text.length);
    this.#add(task, dag, node.from, renderCode(text, this.#environment(dag)), { origin: { file: found.path, pointer: '', ...found.position(0) } });
  }

  #dynamic(task: Task, dag: Dag | null, node: SyntaxNode): void {
    const shown = textOf(node, this.scan.source).replace(/\s+/g, ' ').slice(0, 120);
    this.#add(task, dag, node.from, { raw: '', variants: [], problems: [{ code: 'dynamic-sql', message: `the program builds the SQL of this task as it runs: ${shown}` }] });
  }

  /** SQLTableCheckOperator(table=…, checks={"name": {"check_statement": …}}) */
  #checks(task: Task, dag: Dag | null): void {
    const checks = task.named.get('checks');
    const table = this.scan.evaluator.constant(task.named.get('table'));
    if (checks?.name !== 'DictionaryExpression' || table === null) return;
    for (const [name, value] of dictionaryEntries(checks, this.scan.source)) {
      const statement = value.name === 'DictionaryExpression' ? dictionaryEntries(value, this.scan.source).find(([key]) => key === 'check_statement')?.[1] : undefined;
      const literals: SyntaxNode[] = [];
      const text = statement === undefined ? null : (this.scan.evaluator.evaluate(statement, literals)?.trimmed() ?? null);
      if (text === null) continue;
      for (const { from, to } of literals) this.#taken.push({ from, to });
      const rendered = renderCode(text, this.#environment(dag));
      const variants = rendered.variants.map((variant) => wrapFragment(variant, 'expression', table));
      this.#add(task, dag, text.offsetOf(0), { ...rendered, variants }, { role: 'quality-check', sqlKind: 'expression', title: titleOf(name) });
    }
  }

  /** What functions of the program run through hooks and connections. */
  #functions(): void {
    const connections = connectionsOf(this.file);
    for (const found of this.scan.texts(this.#taken)) {
      const from = found.text.offsetOf(0);
      const dag = this.#dagOf(this.scan.tree.resolveInner(found.from, 1));
      this.#push(dag, found.name, from, renderCode(found.text, this.#environment(dag)), connections.of(found));
    }
    for (const built of this.scan.builtTexts()) {
      const dag = this.#dagOf(this.scan.tree.resolveInner(built.from, 1));
      const problem: Problem = { code: 'dynamic-sql', message: `the program builds the text that ${built.call}(${built.expression}) sends` };
      this.#push(dag, built.name, built.from, { raw: '', variants: [], problems: [problem] }, connections.ofUse(built.use, built.from));
    }
  }

  #add(task: Task, dag: Dag | null, from: number, rendered: RenderedCode, more: Partial<CollectedQuery> = {}): void {
    const fallback = [...(dag?.defaults ?? [])].find(([key]) => key.endsWith('conn_id'))?.[1];
    const name = task.connection ?? fallback ?? defaultConnection(task.operator);
    const connection = name === null ? null : namedConnection(name, task.engine);
    const owner = this.scan.evaluator.constant(task.named.get('owner'));
    const id = task.id ?? (textOf(task.named.get('task_id') ?? null, this.scan.source).slice(0, 80) || task.operator);
    this.#push(dag, id, from, rendered, connection, { ...more, ...(owner === null ? {} : { owners: [{ name: owner, via: 'owner-field' as const }, ...(dag?.owners ?? [])] }) });
  }

  #push(dag: Dag | null, part: string | null, from: number, rendered: RenderedCode, connection: ConnectionReference | null, more: Partial<CollectedQuery> = {}): void {
    const { file } = this;
    const owners: Owner[] = dag?.owners ?? [];
    const query = codeQuery({
      id: this.ids.unused(`${ID}:${dag?.id ?? file.path}:${part ?? 'file'}`),
      kind: ID,
      title: titleOf(part),
      description: descriptionOf(dag?.description),
      container: dag === null ? null : { kind: 'dag', id: dag.id ?? file.path, title: titleOf(dag.id) },
      owners,
      connection: connection ?? this.context.connection,
      origin: { file: file.path, pointer: '', ...file.position(from) },
      schedule: dag?.schedule ?? null,
      ...rendered,
      ...more,
    });
    this.#found.push({ from, query });
  }

  #environment(dag: Dag | null) {
    return airflowEnvironment(dag?.params ?? NO_PARAMS, (name) => this.sqlFiles.resolve(name, this.file.path, dag?.searchPaths ?? [])?.text ?? null);
  }
}
