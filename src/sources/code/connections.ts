import type { SyntaxNode } from '@lezer/common';
import type { ConnectionReference } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import { readCode, type ReadCode } from './code-file.js';
import { connectionOfUrl } from './connection-url.js';
import type { Use } from './program.js';
import { textOf } from './program.js';
import { argumentsOf } from './python.js';
import { namedConnection } from './record.js';
import type { FoundText, ProgramScan } from './scan.js';

/** What a program says of the databases that it talks to. */
export interface Connections {
  of(found: FoundText): ConnectionReference | null;
  ofUse(use: Use, from: number): ConnectionReference | null;
  /** Of a variable of the whole file. */
  ofName(name: string): ConnectionReference | null;
}

/** Steps from a cursor to its connection, its engine and its address. */
const STEPS_MAX = 8;

export function connectionsOf(file: SourceFile): Connections {
  return connectionsIn(readCode(file), file.text);
}

/** In Python followed from the call to the variable that it was made with; else the one address that the file holds. */
export function connectionsIn({ scan }: ReadCode, text: string): Connections {
  const only = onlyUrl(text);
  const finder = scan !== null && scan.language.textNodes.has('ContinuedString') ? new PythonConnections(scan) : null;
  const fallback = only ?? finder?.only() ?? null;
  const ofUse = (use: Use): ConnectionReference | null => finder?.ofUse(use) ?? fallback;
  return { ofUse, of: ({ use }) => ofUse(use), ofName: (name) => finder?.ofValue(name) ?? null };
}

/** The database of the only address in a text, whatever its user. */
function onlyUrl(text: string): ConnectionReference | null {
  const found = new Map<string, ConnectionReference>();
  for (const match of text.slice(0, 1_000_000).matchAll(/["'`]((?:jdbc:)?[a-z][a-z\d]{1,30}(?:\+[a-z\d_]{1,30})?:\/\/[^"'`\s]{1,400})/gi)) {
    const [, address = ''] = match;
    // Cut off at a quote within an expression: its host stands behind it.
    if (address.lastIndexOf('{') > address.lastIndexOf('}')) continue;
    const connection = connectionOfUrl(address);
    if (connection !== null) found.set(JSON.stringify(connection), connection);
    if (found.size > 1) return null;
  }
  return [...found.values()][0] ?? null;
}

/** DuckDB over data frames and files: no store is read. */
export const IN_MEMORY: ConnectionReference = { id: null, name: null, engine: 'duckdb-extract', host: null, database: null };
const SPARK: ConnectionReference = { id: null, name: null, engine: 'spark', host: null, database: null };

const HOOK = /(\w*?)Hook$/;

class PythonConnections {
  readonly #source: string;
  #only: ConnectionReference | null | undefined;
  /** A call may have thousands of texts. */
  readonly #ofCalls = new Map<string, ConnectionReference | null>();

  constructor(readonly scan: ProgramScan) {
    this.#source = scan.source;
  }

  /** The connection of the one call in the file that opens one. */
  only(): ConnectionReference | null {
    if (this.#only !== undefined) return this.#only;
    const found = new Map<string, ConnectionReference>();
    this.scan.tree.iterate({
      enter: (cursor) => {
        if (cursor.name !== 'CallExpression' || found.size > 1) return undefined;
        const opened = this.#opened(cursor.node);
        if (opened !== null) found.set(JSON.stringify(opened), opened);
        return undefined;
      },
    });
    this.#only = found.size === 1 ? ([...found.values()][0] ?? null) : null;
    return this.#only;
  }

  ofUse(use: Use): ConnectionReference | null {
    if (use.callNode?.name !== 'CallExpression') return null;
    const { from, to } = use.callNode;
    const key = `${from} ${to}`;
    let found = this.#ofCalls.get(key);
    if (found === undefined) {
      found = this.#ofCall(use.callNode, use);
      this.#ofCalls.set(key, found);
    }
    return found;
  }

  #ofCall(callNode: SyntaxNode, { call, receiver }: Use): ConnectionReference | null {
    if (/^(duckdb|mo)$/.test(receiver)) {
      const engine = argumentsOf(callNode, this.#source).named.get('engine');
      return engine === undefined ? IN_MEMORY : this.#resolve(engine, STEPS_MAX);
    }
    if (receiver === 'spark') return SPARK;
    if (call === 'text' || call === 'SQL') {
      const outer = this.scan.language.use(callNode, this.#source);
      return outer.callNode === null ? null : this.ofUse(outer);
    }
    const { positional, named } = argumentsOf(callNode, this.#source);
    const passed = named.get('con') ?? named.get('connection') ?? named.get('conn') ?? named.get('engine') ?? (call?.startsWith('read_sql') === true ? positional[1] : undefined);
    return this.#resolve(passed ?? callNode.firstChild?.firstChild ?? null, STEPS_MAX);
  }

  ofValue(name: string): ConnectionReference | null {
    return this.#resolve(this.scan.valueOf(name), STEPS_MAX);
  }

  #resolve(node: SyntaxNode | null, steps: number): ConnectionReference | null {
    if (node === null || steps === 0) return null;
    switch (node.name) {
      case 'CallExpression':
        return this.#opened(node) ?? this.#resolve(node.firstChild?.firstChild ?? null, steps - 1);
      case 'VariableName':
        return this.#named(textOf(node, this.#source), node, steps);
      case 'MemberExpression': {
        const attribute = /^(?:self|cls)\.(\w+)$/.exec(textOf(node, this.#source))?.[1];
        return attribute === undefined ? this.#resolve(node.firstChild, steps - 1) : this.#named(attribute, node, steps);
      }
      case 'AwaitExpression':
      case 'ParenthesizedExpression':
        return this.#resolve(node.lastChild?.prevSibling ?? null, steps - 1);
      default:
        return null;
    }
  }

  #named(name: string, node: SyntaxNode, steps: number): ConnectionReference | null {
    for (const { value } of this.scan.bindingsOf(name, node).slice(0, 5)) {
      const found = this.#resolve(value, steps - 1);
      if (found !== null) return found;
    }
    return this.#managed(name, node, steps);
  }

  /** `with engine.connect() as conn:` */
  #managed(name: string, node: SyntaxNode, steps: number): ConnectionReference | null {
    for (let at: SyntaxNode | null = node, climbed = 0; at !== null && climbed < 200; at = at.parent, climbed++) {
      if (at.name !== 'WithStatement') continue;
      let opened: SyntaxNode | null = null;
      for (let child = at.firstChild; child !== null && child.name !== 'Body'; child = child.nextSibling) {
        if (child.name === 'VariableName' && opened !== null && textOf(child, this.#source) === name) return this.#resolve(opened, steps - 1);
        if (child.name === 'CallExpression' || child.name === 'VariableName') opened = child;
      }
    }
    return null;
  }

  /** What a call opens: `create_engine(url)`, `psycopg2.connect(host=…)`, `PostgresHook(postgres_conn_id=…)`. */
  #opened(node: SyntaxNode): ConnectionReference | null {
    const callee = textOf(node.firstChild, this.#source);
    if (callee.length > 120) return null;
    const name = callee.slice(callee.lastIndexOf('.') + 1);
    const { positional, named } = argumentsOf(node, this.#source);
    if (/^(create_engine|create_async_engine|create_pool|connect|Database|Connection|from_url|create_connection)$/.test(name)) return this.#address(callee, positional[0], named);
    if (name === 'get_data_connection') {
      const title = this.scan.evaluator.constant(positional[0]);
      return title === null ? null : namedConnection(title.slice(0, 200));
    }
    const hook = HOOK.exec(name)?.[1];
    if (hook === undefined || hook === '') return null;
    const id = [...named].find(([key]) => key.endsWith('conn_id'))?.[1] ?? positional[0];
    const text = this.scan.evaluator.constant(id);
    return text === null ? null : namedConnection(text, engineOfWord(hook));
  }

  #address(callee: string, first: SyntaxNode | undefined, named: ReadonlyMap<string, SyntaxNode>): ConnectionReference | null {
    const address = first ?? named.get('url') ?? named.get('dsn') ?? named.get('uri') ?? named.get('conninfo');
    const known = address === undefined ? null : this.scan.evaluator.evaluate(address, [])?.text.slice(0, 2_000);
    const ofUrl = known == null ? null : connectionOfUrl(known);
    if (ofUrl !== null) return ofUrl;
    const variable = address === undefined ? null : this.#environment(address);
    const engine = engineOfWord(/^(\w+)\./.exec(callee)?.[1] ?? '');
    if (variable !== null) return namedConnection(variable, engine);
    if (engine === 'duckdb' && (address === undefined || known === ':memory:')) return IN_MEMORY;
    const host = this.#option(named, ['host', 'server', 'account']) ?? dsnOption(known, 'host');
    const database = this.#option(named, ['dbname', 'database', 'db']) ?? dsnOption(known, 'dbname') ?? (engine === 'duckdb' || engine === 'sqlite' ? (known ?? null) : null);
    return host === null && database === null ? null : { id: null, name: null, engine, host, database };
  }

  #option(named: ReadonlyMap<string, SyntaxNode>, keys: readonly string[]): string | null {
    for (const key of keys) {
      const value = named.get(key);
      const text = value === undefined ? null : this.scan.evaluator.constant(value);
      if (text !== null) return text.slice(0, 255);
    }
    return null;
  }

  /** The name of a variable of the environment: `os.environ["REPORTING_URL"]`, `os.getenv("…")`. */
  #environment(node: SyntaxNode): string | null {
    const bound = node.name === 'VariableName' ? this.scan.bindingsOf(textOf(node, this.#source), node) : [];
    const shown = textOf(bound.length === 1 ? (bound[0]?.value ?? node) : node, this.#source).slice(0, 200);
    return /^(?:os\.)?(?:environ(?:\.get)?|getenv)\s*[[(]\s*["'](\w{1,100})["']/.exec(shown)?.[1] ?? null;
  }
}

/** `host=… dbname=…` of libpq; other keys are not looked at. */
function dsnOption(text: string | null | undefined, key: string): string | null {
  return new RegExp(`(?:^|\\s)${key}\\s*=\\s*([\\w.-]{1,255})`).exec(text ?? '')?.[1] ?? null;
}

/** The engine that the name of a library or an Airflow class says; null where it says none. */
export function engineOfWord(word: string): string | null {
  const found = /^(postgres|psycopg2?|asyncpg|pg8000|redshift|mysql|mssql|pymssql|oracle|cx_oracle|oracledb|sqlite|snowflake|bigquery|clickhouse|trino|presto|athena|databricks|duckdb|vertica|hive|impala|exasol|teradata)/i.exec(word)?.[1]?.toLowerCase();
  if (found === undefined) return null;
  if (/^(postgres|psycopg|asyncpg|pg8000)/.test(found)) return 'postgresql';
  return { pymssql: 'mssql', cx_oracle: 'oracle', oracledb: 'oracle' }[found] ?? found;
}
