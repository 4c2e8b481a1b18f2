import type { Catalog } from '../model/catalog.js';
import type { MetricComparison } from '../model/metric-verdict.js';
import { ScratchError, type ScratchSpace } from '../model/scratch-engine.js';
import type { Definition } from '../metrics/definition.js';
import { partOf, pathTo } from '../metrics/group/group-schema.js';
import { catalogueDdl } from '../metrics/schema/ddl.js';
import { schemaFromDdl } from '../metrics/schema/read.js';
import { compareDefinitions } from '../metrics/verdict/index.js';
import type { DialectId } from '../sql/dialect.js';
import type { Parse } from '../sql/parse/front-end.js';

export interface Compared {
  names: readonly [string, string];
  texts: readonly [string, string];
  relations: ReadonlySet<string>;
  catalog: Catalog;
  dialect: DialectId;
  timeZone: string | null;
}

/**
 * How two queries relate on every database of a schema; null where one of them is no single query.
 *
 * @param open a space of an engine of the dialect; null where there is none, and then only proofs decide
 */
export async function comparison({ names, texts, relations, catalog, dialect, timeZone }: Compared, parse: Parse, open: (() => Promise<ScratchSpace | null>) | null): Promise<MetricComparison | null> {
  const definitions = texts.flatMap((text) => definitionOf(text, dialect, timeZone, parse));
  if (definitions.length !== texts.length) return null;
  const searchPath = pathTo(relations, catalog)(dialect);
  const proved = { catalog: partOf(catalog, relations), searchPath, ddl: '', late: '', failures: [] };
  const space = open === null ? null : await open();
  if (space === null) return (await compareDefinitions(definitions, proved, null, parse, { names })).pair(0, 1);
  try {
    const { ddl, late } = catalogueDdl(catalog, [...relations]);
    const schema = { ...(await schemaFromDdl(space, ddl, late)), searchPath };
    return (await compareDefinitions(definitions, schema, space, parse, { names })).pair(0, 1);
  } catch (error) {
    if (!(error instanceof ScratchError)) throw error;
    return (await compareDefinitions(definitions, proved, null, parse, { names })).pair(0, 1);
  } finally {
    await space.close();
  }
}

function definitionOf(sql: string, dialect: DialectId, timeZone: string | null, parse: Parse): Definition[] {
  const text = withoutHead(sql.trim().replace(/;+$/, '').trim());
  const { statements } = parse(text);
  const [only, another] = statements;
  if (only === undefined || another !== undefined || only.statement.type !== 'query_statement') return [];
  return [{ text, statement: only.statement, dialect, timeZone }];
}

/** Some catalogues keep a view with the statement that makes it. */
export function withoutHead(definition: string): string {
  return definition.replace(/^create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|recursive\s+|materialized\s+)*view\s[^()]*?(?:\([^()]*\)[^()]*?)?\bas\s+/i, '');
}

export function isEqual({ verdict }: MetricComparison): boolean {
  return verdict === 'equal' || verdict === 'equal-under';
}
