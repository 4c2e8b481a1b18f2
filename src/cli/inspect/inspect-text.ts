import { inspect } from '../../inspect.js';
import type { Catalog } from '../../model/catalog.js';
import type { StatementReader } from '../../graph/statement-reader.js';
import { createPage } from '../../report/layout/page.js';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { type Dialect, POSTGRES, dialectOfEngine } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import type { CommandContext } from '../command.js';
import { type CatalogueOptions, findCatalogue } from './catalogue.js';
import { readText } from './input.js';
import { inspectionPage } from './page.js';
import { Readers } from './readers.js';
import { judgementOf } from './judgement.js';

export interface InspectTextOptions extends CatalogueOptions {
  dialect?: Dialect;
  thorough?: boolean;
}

/** Reads one text and prints what was understood. False where nothing was. */
export async function inspectText(context: CommandContext, file: string, options: InspectTextOptions, format: 'text' | 'json'): Promise<boolean> {
  const { output } = context;
  const { name, text } = await readText(context, file);
  const found = await findCatalogue(context, options);
  const dialect = options.dialect ?? (found ? dialectOfEngine(found.engine) : POSTGRES);
  const { masks, thresholds } = await judgementOf(context);
  const parsers = await createParsers({ thorough: options.thorough ?? false, signal: context.lifetime.signal });
  try {
    const reader = await readerFor(context, { found: found?.catalog ?? null, ddl: options.ddl ?? [], dialect, readers: new Readers(parsers, masks) });
    await parsers.prepare(dialect, [text]);
    const inspection = inspect(reader.readOnce(text), { index: reader.index, thresholds, dialect: dialect.id });
    if (format === 'json') await output.printOrWrite(`${sortedJson({ schemaVersion: 1, ...inspection }, 2)}\n`);
    else await output.printOrWrite(`${inspectionPage(createPage(output.columns(), output.colors()), name, text, inspection).join('\n')}\n`);
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

async function readerFor(context: CommandContext, { found, ddl, dialect, readers }: Against): Promise<StatementReader> {
  if (found !== null) return readers.forCatalog(found, dialect);
  const texts: string[] = [];
  for (const file of ddl) texts.push((await readText(context, file)).text);
  const { reader, diagnostics } = await readers.forDdl(texts.length === 0 ? null : texts.join('\n;\n'), dialect);
  for (const { message } of diagnostics) context.output.note(`${ddl.join(', ')}: ${message}`);
  return reader;
}
