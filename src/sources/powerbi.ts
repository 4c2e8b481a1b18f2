import type { CollectedQuery } from '../model/query.js';
import { isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { UniqueQueries } from './common/unique-queries.js';
import { powerBiApi } from './powerbi/api.js';
import { addTmdl, addTmsl, givenName, modelOf, Models, tmslModel } from './powerbi/files.js';
import { ModelReader } from './powerbi/model-reader.js';
import { isReportLink, pbixCertainty, readPbix, reportsByModel } from './powerbi/project.js';
import { rdlCertainty, readRdl, sharedOf } from './powerbi/report-definition.js';
import { isScan, ScanReader } from './powerbi/scanner.js';
import { addDataflow, addSection, dataflowDocument, sectionCertainty } from './powerbi/section.js';
import { readTmdl } from './powerbi/tmdl.js';
import type { ReadContext, Source } from './source.js';

const ID = 'powerbi';
const TMDL_OBJECT = /^(?:createOrReplace|createOrAlter|(?:ref\s+)?(?:table|expression|model|database|role|relationship|culture|cultureInfo|perspective|dataSource|function|namedExpression)\s+\S)/m;

/**
 * Power BI: semantic models of projects (TMDL, `model.bim`), templates (`.pbit`), dataflows (`mashup.pq`, `model.json`), what the
 * scanner of the service answers, and paginated reports (`.rdl`) with what they share (`.rsd`, `.rds`). The model within a `.pbix` cannot be read and is stated.
 */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (/\.tmdl$/i.test(file.path)) return TMDL_OBJECT.test(file.text.slice(0, 20_000)) ? 0.95 : 0;
    if (/\.pq$/i.test(file.path)) return sectionCertainty(file);
    if (/^\s*</.test(file.text.slice(0, 200))) return rdlCertainty(file);
    return mayBeJson(file) ? jsonCertainty(file) : 0;
  },
  read(files, context) {
    const origins = new Origins();
    const queries = new UniqueQueries();
    for (const query of queriesOf(files, origins, context)) queries.add(query);
    origins.resolve();
    return queries.all();
  },
  api: powerBiApi,
};

/** A look at the text, before it is parsed. */
function mayBeJson({ path, text }: SourceFile): boolean {
  return text.includes('"workspaces"') || text.includes('"tables"') || text.includes('"datasetReference"') || text.includes('"pbi:mashup"') || /\.pbix!\//i.test(path);
}

function jsonCertainty(file: SourceFile): number {
  const { json } = file;
  if (!isObject(json)) return 0;
  if (scans(json) || dataflowDocument(json) !== null) return 0.9;
  const tmsl = tmslModel(json);
  if (tmsl !== null) {
    const { tables } = tmsl.value;
    const isTabular = Array.isArray(tables) && tables.some((table) => isObject(table) && (Array.isArray(table['partitions']) || Array.isArray(table['columns'])));
    if (isTabular) return 0.9;
  }
  if (isReportLink(json) && /(?:^|\/)definition\.pbir$/i.test(file.path)) return 0.8;
  return pbixCertainty(file, json);
}

/** An answer of the scanner, or a dump of several. */
function scans(json: Record<string, unknown>): boolean {
  const inner = Object.values(json).filter(isObject);
  return isScan(json) || inner.some((value) => isScan(value) || Object.values(value).some(isScan));
}

function* queriesOf(files: readonly SourceFile[], origins: Origins, context: ReadContext): Generator<CollectedQuery> {
  const models = new Models();
  const scanner = new ScanReader(origins, context);
  const shared = sharedOf(files);
  for (const file of files) {
    if (/\.tmdl$/i.test(file.path)) addTmdl(models.of(modelOf(file.path)), readTmdl(file));
    else if (sectionCertainty(file) > 0) addSection(models.of(modelOf(file.path)), file);
    else if (rdlCertainty(file) > 0) yield* readRdl(file, shared, context);
    else if (isObject(file.json)) {
      const tmsl = tmslModel(file.json);
      const dataflow = tmsl === null ? dataflowDocument(file.json) : null;
      if (dataflow !== null) addDataflow(models.of(givenName(dataflow.name, file.path) ?? modelOf(file.path)), dataflow, file, origins);
      else if (tmsl === null) scanner.add(file);
      else addTmsl(models.of(givenName(tmsl.name, file.path) ?? modelOf(file.path)), tmsl, file, origins);
    }
  }
  const reports = reportsByModel(files);
  for (const model of models.byId.values()) {
    const [only, ...others] = reports.get(model.id) ?? [];
    if (only !== undefined && others.length === 0) model.container = only;
    yield* new ModelReader(model, context).queries();
  }
  for (const model of scanner.models()) yield* new ModelReader(model, context).queries();
  yield* readPbix(files, context);
}
