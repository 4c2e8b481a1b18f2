import { isDeepStrictEqual } from 'node:util';
import type { SourceReading } from '../../model/check.js';
import { redactSnapshot } from '../../snapshot/redact.js';

/** Readings as a bundle would hold them: personal data and secrets in literals get stand-ins, the same ones on all sides. */
export function redactedReadings(readings: readonly SourceReading[]): SourceReading[] {
  const known = new Map<string, SourceReading['queries'][number]>();
  // What stands unchanged on several sides is looked through once.
  const queries = readings.map((reading) =>
    reading.queries.map((query) => {
      const twin = known.get(query.id);
      if (twin !== undefined && isDeepStrictEqual(twin, query)) return twin;
      known.set(query.id, query);
      return query;
    }),
  );
  const distinct = [...new Set(queries.flat())];
  const { queries: clean, contracts = [], columnDeclarations = [] } = redactSnapshot({
    takenAt: '', stores: [], sources: [], gaps: [],
    queries: distinct,
    contracts: readings.flatMap((reading) => reading.contracts),
    columnDeclarations: readings.flatMap((reading) => reading.columnDeclarations),
  });
  const cleaned = new Map(distinct.map((query, index) => [query, clean[index] ?? query]));
  let [contract, declaration] = [0, 0];
  return readings.map((reading, index) => ({
    ...reading,
    queries: (queries[index] ?? []).map((query) => cleaned.get(query) ?? query),
    contracts: contracts.slice(contract, (contract += reading.contracts.length)),
    columnDeclarations: columnDeclarations.slice(declaration, (declaration += reading.columnDeclarations.length)),
  }));
}
