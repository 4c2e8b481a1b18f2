import type { Catalog, Relation } from '../model/catalog.js';
import type { ColumnDeclaration, PrivacyReport } from '../model/personal-column.js';
import { columnsOf, inferredOf, overrideOf, REPORTED_CONFIDENCE, type ClassifyOptions, type ColumnOverride } from './classify.js';
import { decides, declarationsByColumn } from './declared.js';
import { kindOfWord } from './score.js';
import { typeLimits } from './types.js';

/** A column on which people, or people and its name, do not agree. */
export interface Disagreement {
  /** `schema.name`. */
  relation: string;
  column: string;
  /** The one that is believed first. */
  declarations: ColumnDeclaration[];
  inferred: PrivacyReport['disagreements'][number]['inferred'];
  /** In words, beginning with the subject. */
  why: string;
}

export interface DisagreementOptions extends ClassifyOptions {
  /** From which certainty on what is inferred counts. */
  confidence_min?: number;
}

/**
 * Where a declared harmless column is named and typed like personal data, where what is declared cannot stand in a column of
 * that type, and where two declarations contradict each other. What the configuration says settles what is inferred: it was
 * written in answer to it.
 */
export function disagreements(catalog: Catalog, overrides: readonly ColumnOverride[], declarations: readonly ColumnDeclaration[], options: DisagreementOptions = {}): Disagreement[] {
  const { confidence_min = REPORTED_CONFIDENCE } = options;
  const declared = declarationsByColumn(catalog, declarations);
  const found: Disagreement[] = [];
  // The context of a table is dear, and most tables have no column of which anybody wrote something down.
  const isTold = ({ schema, name: table, columns }: Relation): boolean => columns.some(({ name }) => declared.has(`${schema}.${table}.${name}`) || overrideOf(`${schema}.${table}.${name}`, overrides) !== undefined);
  for (const { name, relation, column, evidence, context } of columnsOf({ relations: catalog.relations.filter(isTold) }, options)) {
    const override = overrideOf(name, overrides);
    const own = [...(override === undefined ? [] : [configured(override, relation, column.name)]), ...(declared.get(name) ?? [])];
    const deciding = own.find(decides);
    if (deciding === undefined) continue;
    const guess = inferredOf(evidence, context);
    const inferred = guess === null ? null : { kind: guess.kind, confidence: guess.confidence, reasons: guess.reasons };
    const why = override === undefined && deciding.verdict === 'harmless' && guess !== null && guess.confidence >= confidence_min
      ? `${name} is declared harmless by its ${deciding.by} and looks like ${kindOfWord(guess.kind)?.title ?? guess.kind}`
      : (contradiction(name, own) ?? impossible(name, deciding, column.type));
    if (why !== null) found.push({ relation: `${relation.schema}.${relation.name}`, column: column.name, declarations: own, inferred, why });
  }
  return found;
}

function configured({ pattern, kind }: ColumnOverride, relation: { schema: string; name: string }, column: string): ColumnDeclaration {
  return {
    schema: relation.schema, relation: relation.name, column, verdict: kind === 'none' ? 'harmless' : kindOfWord(kind)?.class === 'secret' ? 'secret' : 'personal',
    kind: kind === 'none' ? null : kind, words: `${pattern}: ${kind}`, by: 'tidemark.yaml', store: null,
  };
}

/** Personal for one and harmless for another; what only hints contradicts nothing. */
function contradiction(name: string, declarations: readonly ColumnDeclaration[]): string | null {
  const sure = declarations.filter(decides);
  const harmless = sure.find(({ verdict }) => verdict === 'harmless');
  const personal = sure.find(({ verdict }) => verdict !== 'harmless');
  if (harmless === undefined || personal === undefined) return null;
  return `${name} is declared ${personal.verdict} by its ${personal.by} and harmless by its ${harmless.by}`;
}

function impossible(name: string, { kind, by, verdict }: ColumnDeclaration, type: string): string | null {
  const named = kind === null || verdict === 'harmless' ? null : kindOfWord(kind);
  const { group } = typeLimits(type);
  if (named === null || group === 'other' || type === '' || named.types.includes(group)) return null;
  return `${name} is declared ${named.title} by its ${by}, which its type ${type} cannot hold`;
}
