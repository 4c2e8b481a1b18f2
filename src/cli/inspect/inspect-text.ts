import { inspect, type Inspection } from '../../inspect.js';
import type { Catalog } from '../../model/catalog.js';
import type { StatementReader } from '../../graph/statement-reader.js';
import { COLUMNS_DEFAULT } from '../output.js';
import { createPage } from '../../report/layout/page.js';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { type Dialect, POSTGRES, dialectOfEngine } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import type { CommandContext } from '../command.js';
import { UsageError } from '../usage-error.js';
import { type CatalogueOptions, findCatalogue } from './catalogue.js';
import { joinedDdl, placedDiagnostics } from './ddl-texts.js';
import { type NamedText, readText } from './input.js';
import { inspectionPage } from './page.js';
import { Readers } from './readers.js';
import { judgementOf } from './judgement.js';

export interface InspectTextOptions extends CatalogueOptions {
  dialect?: Dialect;
  thorough?: boolean;
}

/** Where the answer goes and how it looks. */
export interface Answer {
  format: 'text' | 'json';
  /** Null for standard output. */
  file: string | null;
}

/**
 * Reads one text and prints what was understood. False where nothing was.
 *
 * @throws ConnectError and StoreLost for a store that cannot be asked
 */
export async function inspectText(context: CommandContext, file: string, options: InspectTextOptions, answer: Answer): Promise<boolean> {
  const { output } = context;
  const fromInput = [file, ...(options.ddl ?? [])].filter((name) => name === '-').length;
  if (fromInput > 1) throw new UsageError('standard input can be read once, and - stands there twice', 'put one of the texts in a file');
  if (answer.file !== null) await output.refuseUnwritable(answer.file);
  const { name, text } = await readText(context, file);
  const found = await findCatalogue(context, options);
  const dialect = options.dialect ?? (found ? dialectOfEngine(found.engine) : POSTGRES);
  const { masks, thresholds } = await judgementOf(context);
  const parsers = await createParsers({ thorough: options.thorough ?? false, signal: context.lifetime.signal });
  try {
    const { reader, diagnostics } = await readerFor(context, { found: found?.catalog ?? null, ddl: options.ddl ?? [], dialect, readers: new Readers(parsers, masks) });
    await parsers.prepare(dialect, [text]);
    const read = inspect(reader.readOnce(text), { index: reader.index, thresholds, dialect: dialect.id });
    const inspection = { ...read, diagnostics: [...read.diagnostics, ...diagnostics] };
    if (answer.format === 'json') await output.printOrWrite(`${sortedJson({ schemaVersion: 1, ...inspection }, 2)}\n`, answer.file);
    else {
      const page = answer.file === null ? createPage(output.columns(), output.colors()) : createPage(COLUMNS_DEFAULT, context.options.color === 'always');
      await output.printOrWrite(`${inspectionPage(page, name, text, inspection).join('\n')}\n`, answer.file);
    }
    return inspection.status !== 'unparsed';
  } finally {
    await parsers.close();
  }
}

interface Against {
  found: Catalog | null;
  ddl: readonly string[];
  dialect: Dialect;
  readers: Readers;
}

async function readerFor(context: CommandContext, { found, ddl, dialect, readers }: Against): Promise<{ reader: StatementReader; diagnostics: Inspection['diagnostics'] }> {
  if (found !== null) return { reader: await readers.forCatalog(found, dialect), diagnostics: [] };
  const texts: NamedText[] = [];
  for (const file of ddl) texts.push(await readText(context, file));
  const { reader, diagnostics } = await readers.forDdl(texts.length === 0 ? null : joinedDdl(texts), dialect);
  return { reader, diagnostics: placedDiagnostics(texts, diagnostics) };
}
