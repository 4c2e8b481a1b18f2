import type { CollectedQuery, ConnectionReference } from '../../model/query.js';
import { unknown, type JinjaEnvironment, type JinjaValue } from '../../template/jinja.js';
import { titleOf } from '../common/words.js';
import type { SourceFile } from '../common/source-file.js';
import { connectionOfUrl } from '../code/connection-url.js';
import { connectionsIn, engineOfWord, type Connections } from '../code/connections.js';
import { codeQuery, Ids, namedConnection, renderCode } from '../code/record.js';
import type { ReadContext } from '../source.js';
import type { Cell, Notebook } from './cell.js';
import { readMagics, type MagicSql } from './magics.js';
import { isWhole, Program } from './program.js';
import { Snippets } from './snippets.js';
import { part } from './text-notebooks.js';

const ID = 'notebook';

/** Every SQL text of a notebook: cells of SQL, magics, and strings of its programs. */
export function readNotebook(file: SourceFile, notebook: Notebook, context: ReadContext): CollectedQuery[] {
  return new NotebookReader(file, notebook, context).read();
}

interface Found {
  cell: Cell;
  offset: number;
  query: CollectedQuery;
}

class NotebookReader {
  readonly #python = new Program('notebook.py');
  readonly #r = new Program('notebook.R');
  /** Cells that end within a string or a parenthesis would swallow the next ones. */
  readonly #broken: Program[] = [];
  readonly #magics: { cell: Cell; magics: MagicSql[]; connects: string[] }[] = [];
  readonly #snippets = new Snippets();
  readonly #ids = new Ids();
  readonly #found: Found[] = [];
  #current: ConnectionReference | null = null;
  /** How many connections its magics name: a string of its programs is taken to use the only one. */
  readonly #chosen = new Set<string>();

  constructor(
    readonly file: SourceFile,
    readonly notebook: Notebook,
    readonly context: ReadContext,
  ) {}

  read(): CollectedQuery[] {
    for (const cell of this.notebook.cells) this.#sort(cell);
    const connections = connectionsIn(this.#python.read, this.#python.text);
    for (const { cell, magics, connects } of this.#magics) {
      for (const word of connects) {
        this.#current = this.#connection(word, connections);
        this.#chosen.add(word);
      }
      for (const magic of magics) this.#sql(cell, magic, connections);
    }
    for (const program of [this.#python, this.#r, ...this.#broken]) this.#strings(program);
    const ordered = this.#found.toSorted((one, other) => one.cell.number - other.cell.number || one.offset - other.offset);
    return ordered.map(({ cell, query }) => ({ ...query, id: this.#ids.unused(`${ID}:${this.file.path}:${cell.id ?? cell.number}`) }));
  }

  #sort(cell: Cell): void {
    if (cell.language === 'sql') {
      const { text } = cell.text;
      const start = text.length - text.trimStart().length;
      const end = text.trimEnd().length;
      const sql = { start, end, magic: 'sql', connection: cell.connection, save: null, uses: [], isOnlyKept: false, result: null };
      if (isSql(text)) this.#magics.push({ cell, magics: [sql], connects: [] });
    } else if (cell.language === 'python') {
      const { program, sql, connects } = readMagics(cell.text.text);
      this.#programOf(program).add(cell, program);
      this.#magics.push({ cell, magics: sql, connects });
    } else if (cell.language === 'r') this.#r.add(cell, cell.text.text);
  }

  #programOf(text: string): Program {
    if (isWhole(text)) return this.#python;
    const alone = new Program('notebook.py');
    this.#broken.push(alone);
    return alone;
  }

  #sql(cell: Cell, magic: MagicSql, connections: Connections): void {
    const text = part(cell.text, magic.start, magic.end);
    const rendered = renderCode(text, this.#jinja());
    const [first] = rendered.variants;
    const connection = magic.connection === null ? (connectionOfMagic(magic.magic) ?? this.#current) : this.#connection(magic.connection, connections);
    const variants = rendered.variants.map((variant) => this.#snippets.withCommonTables(variant, magic.uses));
    const missing = magic.uses.filter((name) => !this.#snippets.has(name));
    const problems = missing.map((name) => ({ code: 'missing-reference' as const, message: `no cell of the notebook keeps a query as ${name.slice(0, 80)}` }));
    if (magic.save !== null && first !== undefined) this.#snippets.keep(magic.save, first.sql, magic.uses);
    this.#add(cell, magic.start, {
      title: titleOf(magic.save) ?? titleOf(magic.result),
      connection,
      raw: rendered.raw,
      variants,
      problems: [...rendered.problems, ...problems],
      ...(magic.isOnlyKept ? { role: 'relation' as const } : {}),
    });
  }

  #strings(program: Program): void {
    const { read } = program;
    if (read.isCut) {
      this.context.gap({ subject: this.file.path, missing: 'the queries at the end of this notebook', cause: 'its programs are longer, or hold more statements, than are read', remedy: 'split the notebook', severity: 'partial' });
    }
    const connections = connectionsIn(read, program.text);
    for (const found of read.texts) {
      const place = program.place(found.text.offsetOf(0));
      if (place === null) continue;
      const rendered = renderCode(found.text, this.#jinja());
      this.#add(place.cell, place.offset, { title: titleOf(found.name?.replace(/^_(\.|$)/, '')) ?? titleOf(found.use.target), connection: connections.of(found) ?? (this.#chosen.size === 1 ? this.#current : null), ...rendered });
    }
    for (const built of read.built) {
      const place = program.place(built.from);
      if (place === null) continue;
      const message = `the notebook builds the text that ${built.call}(${built.expression}) sends`;
      this.#add(place.cell, place.offset, { title: titleOf(built.name), connection: connections.ofUse(built.use, built.from), raw: '', variants: [], problems: [{ code: 'dynamic-sql', message }] });
    }
  }

  #add(cell: Cell, offset: number, query: Pick<CollectedQuery, 'title' | 'connection' | 'raw' | 'variants' | 'problems'> & Partial<CollectedQuery>): void {
    const { file, notebook } = this;
    const name = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
    this.#found.push({
      cell,
      offset,
      query: codeQuery({
        id: '',
        kind: ID,
        description: null,
        container: { kind: 'notebook', id: file.path, title: titleOf(notebook.title) ?? titleOf(name) },
        owners: notebook.authors.map((author) => ({ name: author, via: 'author' as const })),
        origin: cell.origin(cell.text.offsetOf(offset)),
        ...query,
        title: query.title ?? titleOf(cell.title) ?? `cell ${cell.number}`,
        connection: query.connection ?? this.context.connection,
      }),
    });
  }

  /** What a magic names: an address, a section of a file, a variable that holds an engine, an alias. */
  #connection(word: string, connections: Connections): ConnectionReference {
    const plain = word.replace(/^\{+\s*|\s*\}+$/g, '').replace(/^[$@]/, '');
    const constant = this.#python.read.scan?.constantOf(plain) ?? null;
    if (word.includes('://')) return connectionOfUrl(word) ?? UNNAMED;
    if (constant?.includes('://') === true) return connectionOfUrl(constant) ?? UNNAMED;
    return connections.ofName(plain) ?? namedConnection(plain.slice(0, 100), engineOfWord(plain));
  }

  /** JupySQL renders `{{name}}` with the variables of the notebook. */
  #jinja(): JinjaEnvironment {
    return { globals: new Map<string, JinjaValue>(), unknownName: (name) => this.#python.read.scan?.constantOf(name) ?? unknown(name) };
  }
}

const UNNAMED: ConnectionReference = { id: null, name: null, engine: null, host: null, database: null };

function connectionOfMagic(magic: string): ConnectionReference | null {
  const engine = engineOfWord(magic) ?? { bq: 'bigquery', sparksql: 'spark', spark_sql: 'spark' }[magic] ?? null;
  return engine === null ? null : { ...UNNAMED, engine: engine === 'duckdb' ? 'duckdb-extract' : engine };
}

/** A cell with nothing but comments holds no statement. */
function isSql(text: string): boolean {
  return text.replace(/--[^\n]*|\/\*[^]*?\*\//g, '').trim() !== '';
}
