import type { ConnectionReference, Container, CollectedQuery, Owner } from '../../model/query.js';
import type { PlacedText } from './placed-text.js';

/** A semantic model: what its tables are filled from. */
export interface Model {
  /** Native id, or the name of its folder. */
  id: string;
  title: string | null;
  description: string | null;
  owners: Owner[];
  container: Container | null;
  lifecycle: CollectedQuery['lifecycle'];
  /** When its import runs, in the tool's words; null where nobody says. */
  refresh: string | null;
  /** Of partitions that state none: `import`, `directQuery`. */
  defaultMode: string | null;
  partitions: Partition[];
  expressions: SharedExpression[];
  /** Legacy data sources by name. */
  dataSources: Map<string, ConnectionReference>;
}

export interface Partition {
  table: string;
  name: string;
  mode: string | null;
  description: string | null;
  source: PartitionSource;
}

export type PartitionSource =
  | { kind: 'm'; text: PlacedText }
  /** A partition of the older kind: SQL over a data source. */
  | { kind: 'query'; text: PlacedText; dataSource: string | null }
  /** Direct Lake: a table of a warehouse or lakehouse, which a shared expression opens. */
  | { kind: 'entity'; entity: PlacedText; schema: string | null; expression: string | null };

/** A query that others name, or a parameter. */
export interface SharedExpression {
  name: string;
  description: string | null;
  text: PlacedText;
}

/** The schedule of a partition: `live` where each look at a report asks the database. */
export function scheduleOf(mode: string | null, { defaultMode, refresh }: Model): string {
  const stated = statedMode(mode, defaultMode);
  return stated !== null && /^(directquery|dual|directlake)$/i.test(stated) ? 'live' : (refresh ?? 'refresh');
}

/** Whether a partition keeps the rows in the model, where its mode or a schedule of refreshes says so. */
export function isImported(mode: string | null, model: Model): boolean {
  const stated = statedMode(mode, model.defaultMode);
  return stated === null ? model.refresh !== null : /^import$/i.test(stated);
}

function statedMode(mode: string | null, defaultMode: string | null): string | null {
  return mode === null || mode.toLowerCase() === 'default' ? defaultMode : mode;
}

export function emptyModel(id: string, title: string | null): Model {
  return {
    id,
    title,
    description: null,
    owners: [],
    container: { kind: 'model', id, title },
    lifecycle: 'active',
    refresh: null,
    defaultMode: null,
    partitions: [],
    expressions: [],
    dataSources: new Map(),
  };
}
