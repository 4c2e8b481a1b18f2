import type { DeclarationFacts } from '../../facts/declaration.js';
import type { Subject } from '../../facts/subjects.js';
import type { MaskLevel } from '../../model/masking.js';
import type { ColumnPlace } from '../../model/movement.js';
import type { ColumnDeclaration, PrivacyReport } from '../../model/personal-column.js';
import { declarationsByColumn, declarationsForStore } from '../../privacy/declared.js';
import { placeKey } from '../../privacy/follow/column-graph.js';
import { rank } from '../../sql/flow.js';
import { plainText } from '../../text/plain-text.js';
import type { StoreBoundary } from '../boundary.js';
import { placeOf } from '../movement/way.js';
import { subject } from '../subject.js';
import type { PrivacyInput } from './input.js';

/** One subject for each column of which people wrote down something that does not fit. */
export function declarationSubjects(input: PrivacyInput): Subject[] {
  const byStore = new Map(input.boundaries.map((boundary) => [boundary.store.name, boundary]));
  const low = lowered(input);
  // What was declared higher where it came from says more than what its name speaks for.
  const told = new Set(low.map(({ store, name }) => `${store} ${name}`));
  const others = disagreeing(input.disagreements).filter(({ store, name }) => !told.has(`${store} ${name}`));
  return [...others, ...low].flatMap(({ store, ...found }) => {
    const boundary = byStore.get(store);
    const facts = boundary && input.facts.get(boundary);
    if (!facts) return [];
    const declaration: DeclarationFacts = { ...found, zone: zoneOf(boundary, found.relation) };
    return [subject('declaration', { declaration, store: facts }, { consumer: '', owner: null, store, relation: found.name, locations: [] })];
  });
}

type Found = Omit<DeclarationFacts, 'zone'> & { store: string };

function zoneOf({ zones }: StoreBoundary, relation: string): string {
  return zones.get(relation)?.zone ?? 'unknown';
}

function wordsOf(declarations: readonly ColumnDeclaration[]): string[] {
  return [...new Set(declarations.map(({ words, by }) => plainText(words === '' || words === by ? by : `${by}: ${words}`)))];
}

function disagreeing(disagreements: PrivacyReport['disagreements']): Found[] {
  return disagreements.map(({ place, declarations, inferred }) => {
    const verdicts = new Set(declarations.map(({ verdict }) => verdict === 'harmless'));
    const conflict = verdicts.size > 1 ? 'contradicting' : verdicts.has(true) ? 'harmless' : 'doubtful';
    return {
      store: place.store,
      name: `${place.relation}.${place.column}`,
      relation: place.relation,
      conflict,
      says: wordsOf(declarations),
      inferred_kind: inferred?.kind ?? '',
      inferred_confidence: inferred?.confidence ?? Number.NaN,
      reasons: inferred?.reasons ?? [],
      upstream: '',
      upstream_says: [],
      confidence: conflict === 'contradicting' ? 0.9 : conflict === 'harmless' ? (inferred?.confidence ?? 0) : 0.6,
    };
  });
}

/** Words of classifications, from open to closed. Those of a system of one's own say nothing here. */
const LEVELS: readonly (readonly [RegExp, number])[] = [
  [/\b(?:public|open|none)\b/i, 0],
  [/\binternal\b/i, 1],
  [/\b(?:confidential|sensitive|restricted|secret|personal|pii)\b/i, 2],
];

/** 0 for what may be known, 2 for what may not; null where its words tell neither. */
function levelOf({ verdict, words }: ColumnDeclaration): number | null {
  if (verdict !== 'harmless') return 2;
  const [, named] = LEVELS.find(([pattern]) => pattern.test(words)) ?? [];
  return Math.min(named ?? 0, 1);
}

/** Beyond that level nothing is left that would have to keep its classification. */
const KEEPS_CLASSIFICATION: MaskLevel = 'pseudonymous-keyed';

/** Columns that are declared lower than what they were copied from, although the value came along. */
function lowered({ boundaries, movements, snapshot }: PrivacyInput): Found[] {
  const declared = new Map(
    boundaries.map(({ store }) => [store.name, declarationsByColumn(store.catalog, declarationsForStore(snapshot.columnDeclarations ?? [], store.name))]),
  );
  const into = new Map<string, Into[]>();
  for (const { from, to, columns, confidence } of movements) {
    for (const column of columns) {
      if (rank(column.mask) >= rank(KEEPS_CLASSIFICATION)) continue;
      const key = placeKey({ ...to, column: column.to });
      into.set(key, [...(into.get(key) ?? []), { place: { ...from, column: column.from }, confidence }]);
    }
  }
  const declaredOf = ({ store, relation, column }: ColumnPlace): readonly ColumnDeclaration[] => declared.get(store)?.get(`${relation}.${column}`) ?? [];
  return [...declared].flatMap(([store, columns]) =>
    [...columns].flatMap(([name, below]): Found[] => {
      const [relation, column] = placeOf(name);
      const above = higherUpstream({ store, relation, column }, highest(below), into, declaredOf);
      if (above === null) return [];
      const upstream = `${above.place.relation}.${above.place.column}`;
      return [{
        store, name, relation, conflict: 'lowered', says: wordsOf(below), inferred_kind: '', inferred_confidence: Number.NaN, reasons: [],
        upstream: above.place.store === store ? upstream : `${upstream} of ${above.place.store}`, upstream_says: wordsOf(declaredOf(above.place)), confidence: above.confidence,
      }];
    }),
  );
}

/** A column that comes into another, and how sure that is. */
interface Into {
  place: ColumnPlace;
  confidence: number;
}

/** The nearest column upstream of which something is declared, where that is higher; what is between them, nobody declared. */
function higherUpstream(start: ColumnPlace, level: number, into: ReadonlyMap<string, readonly Into[]>, declaredOf: (place: ColumnPlace) => readonly ColumnDeclaration[]): Into | null {
  const passed = new Set([placeKey(start)]);
  const waiting: Into[] = [{ place: start, confidence: 1 }];
  for (const { place, confidence } of waiting) {
    for (const before of into.get(placeKey(place)) ?? []) {
      if (passed.has(placeKey(before.place))) continue;
      passed.add(placeKey(before.place));
      const found = { place: before.place, confidence: confidence * before.confidence };
      const known = declaredOf(before.place);
      if (known.length === 0) waiting.push(found);
      else if (highest(known) > level) return found;
    }
  }
  return null;
}

function highest(declarations: readonly ColumnDeclaration[]): number {
  return Math.max(-1, ...declarations.map((declaration) => levelOf(declaration) ?? -1));
}
