import type { Relation } from '../../model/catalog.js';
import { classifyCatalog, REPORTED_CONFIDENCE, type Classification, type ColumnOverride } from '../../privacy/classify.js';
import { decides, declarationsByColumn } from '../../privacy/declared.js';
import { emptyCatalog } from '../../sql/catalog.js';
import { type Dialect, DIALECT_IDS, dialectOf, POSTGRES } from '../../sql/dialect.js';
import { lexingOf } from '../../sql/parse/lexing.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { readDdl } from '../../sql/parse/postgres/ddl.js';
import { suggestion } from '../../text/nearest-name.js';
import type { CommandContext } from '../command.js';
import { configurationFile, readConfiguration } from '../configuration.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { joinedDdl, placedDiagnostics } from '../inspect/ddl-texts.js';
import type { NamedText } from '../inspect/input.js';
import { Readers } from '../inspect/readers.js';
import { UsageError } from '../usage-error.js';
import { readDdlTexts, readTogether } from './ddl-input.js';
import { creationOrder } from './ddl-order.js';

/** What is said of one column. docs/privacy.md is the contract. */
export interface DdlColumn {
  schema: string;
  table: string;
  column: string;
  /** As PostgreSQL would print it; as written for other dialects; empty for a column of a view. */
  type: string;
  pii: boolean;
  /** Null where `pii` is false. */
  kind: string | null;
  /** Of the best guess; 0 where there is none. */
  confidence: number;
  /** What speaks for it, then what speaks against it, each of those beginning with `but`. */
  reasons: string[];
}

export interface DdlOptions {
  /** Files, or `-` for standard input. */
  ddl: readonly string[];
  /** PostgreSQL's where none is named. */
  dialect?: string;
}

/** `tidemark privacy --ddl`: what every column of a text of DDL holds, without a database. */
export async function answerDdl(context: CommandContext, { ddl, dialect: wanted }: DdlOptions): Promise<ExitCode> {
  const { output, progress } = context;
  const forms = formsOf('privacy', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const dialect = dialectNamed(wanted);
  const { overrides, confidence_min } = await settings(context);
  progress.stage('reading DDL');
  const { texts, unread } = await readDdlTexts(context, ddl);
  const { relations, problems } = await relationsOf(context, texts, dialect);
  const columns = columnsOf(relations, overrides, confidence_min);
  progress.end();
  // A page tells them itself.
  if (forms.every(({ id, file }) => id !== 'text' || file !== null)) for (const line of [...unread, ...problems]) output.note(line);
  const { writeDdl } = await import('./ddl-page.js');
  await writeDdl(context, forms, { columns, unread: [...unread, ...problems] });
  return columns.length === 0 && (unread.length > 0 || problems.length > 0) ? EXIT.blind : EXIT.clean;
}

function dialectNamed(wanted: string | undefined): Dialect {
  if (wanted === undefined) return POSTGRES;
  const found = dialectOf(wanted);
  if (found === null) throw new UsageError(`there is no dialect '${wanted}'${suggestion(wanted, DIALECT_IDS)}`, `dialects: ${DIALECT_IDS.join(', ')}`);
  return found;
}

async function settings(context: CommandContext): Promise<{ overrides: readonly ColumnOverride[]; confidence_min: number }> {
  const file = await configurationFile(context);
  if (file === null) return { overrides: [], confidence_min: REPORTED_CONFIDENCE };
  const { configuration } = await readConfiguration(context, file, false);
  return { overrides: configuration.columns, confidence_min: configuration.thresholds.privacy_confidence };
}

/** In the order in which the texts create them. */
async function relationsOf(context: CommandContext, texts: readonly NamedText[], dialect: Dialect): Promise<{ relations: Relation[]; problems: string[] }> {
  const { options, view } = lexingOf(dialect.id);
  const relations: Relation[] = [];
  const problems: string[] = [];
  for (const group of readTogether(texts, options)) {
    const text = joinedDdl(group);
    const read = await readRelations(context, text, dialect);
    const order = creationOrder(view(text), options);
    const placeOf = ({ schema, name }: Relation): number => order.get(`${schema}.${name}`.toLowerCase()) ?? order.get(name.toLowerCase()) ?? Number.MAX_SAFE_INTEGER;
    relations.push(...read.relations.toSorted((one, other) => placeOf(one) - placeOf(other)));
    for (const { severity, message } of placedDiagnostics(group, read.diagnostics)) if (severity === 'error') problems.push(message);
  }
  return { relations, problems };
}

async function readRelations(context: CommandContext, text: string, dialect: Dialect): Promise<{ relations: Relation[]; diagnostics: Awaited<ReturnType<typeof readDdl>>['diagnostics'] | Awaited<ReturnType<Readers['forDdl']>>['diagnostics'] }> {
  if (dialect.id === 'postgres') {
    const { catalog, diagnostics } = await readDdl(text);
    return { relations: catalog.relations, diagnostics };
  }
  const parsers = await createParsers({ signal: context.lifetime.signal });
  try {
    const { reader, diagnostics } = await new Readers(parsers, new Map()).forDdl(text, dialect);
    return { relations: [...reader.index.relations()], diagnostics };
  } finally {
    await parsers.close();
  }
}

function columnsOf(relations: readonly Relation[], overrides: readonly ColumnOverride[], confidence_min: number): DdlColumn[] {
  const catalog = { ...emptyCatalog(), relations: [...relations] };
  const classified = classifyCatalog(catalog, overrides);
  const declared = declarationsByColumn(catalog, []);
  return relations.flatMap(({ schema, name: table, columns }) =>
    columns.map(({ name: column, type }): DdlColumn => {
      const key = `${schema}.${table}.${column}`;
      const found = classified.get(key) ?? null;
      const harmless = found === null ? declared.get(key)?.find(decides) : undefined;
      const pii = found !== null && found.confidence >= confidence_min;
      return {
        schema, table, column, type, pii, kind: pii ? found.kind : null, confidence: found?.confidence ?? 0,
        reasons: harmless === undefined ? reasonsOf(found) : [`declared harmless by its ${harmless.by}: ${harmless.words}`],
      };
    }),
  );
}

function reasonsOf(found: Classification | null): string[] {
  return found === null ? [] : [...found.reasons, ...(found.against ?? []).map((reason) => `but ${reason}`)];
}
