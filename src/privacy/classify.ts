import type { Catalog, Column, Relation } from '../model/catalog.js';
import type { MaskLevel } from '../model/masking.js';
import type { ColumnPlace } from '../model/movement.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import { like } from '../text/glob.js';
import { tableContext, type TableContext } from './context.js';
import { authorityOf, byAuthority, decides, declarationsByColumn, declarationsInCatalog } from './declared.js';
import type { PrivacyClass } from './kinds/kind.js';
import { type ColumnEvidence, kindOfId, kindOfWord, type Score, scoreKinds } from './score.js';
import type { ValueEvidence } from './value-evidence.js';

export type { ColumnEvidence } from './score.js';
export type { ValueEvidence } from './value-evidence.js';

export interface Classification {
  /** `email`, `phone`, `full_name` … as in the dictionary, or what the configuration calls it. */
  kind: string;
  class: PrivacyClass;
  /** 0 to 1. From `REPORTED_CONFIDENCE` on a column is reported. */
  confidence: number;
  /** In words, the strongest first; names only, never a value. */
  reasons: string[];
  /** What speaks against, in words; absent where nothing does. */
  against?: string[];
  /** `ColumnDeclaration.by` of those it rests on. */
  declaredBy?: string[];
  /** What is left of the person's value in this stored column; raw when absent. */
  mask?: MaskLevel;
  /** Where it came from. */
  carriedFrom?: ColumnPlace[];
}

export interface ColumnOverride {
  /** Glob for `schema.table.column`. */
  pattern: string;
  /** A kind, or `none`. */
  kind: string;
}

/** The default for the share of certainty from which on personal data is reported. */
export const REPORTED_CONFIDENCE = 0.7;

/** Below this nothing worth a word speaks for personal data. */
const CONFIDENCE_MIN = 0.05;
const DECLARED_CONFIDENCE = 0.99;
/** In log-odds, of a declaration that does not decide: `confidential`, or a tag of the whole table. */
const HINTED = 2.5;
const WORDS_LENGTH_MAX = 120;

/**
 * Says what personal data or secret a column holds, from names, type, table and what people declared, and from shares of
 * sampled values where there are any; never from a value itself.
 *
 * Evidence is summed in log-odds and given back as a probability. A declaration (label before comment) wins over all of
 * it. Null means that nothing speaks for personal data, or that it is declared harmless.
 */
export function classifyColumn(evidence: ColumnEvidence): Classification | null {
  const { schema, table, column, comment, label } = evidence;
  return classifyIn(evidence, tableContext(evidence.table, evidence.siblings), byAuthority(declarationsInCatalog({ schema, table, column, comment, label })));
}

/** What a catalogue is classified with besides its own names. */
export interface ClassifyOptions {
  /** Of sampled values, by `schema.table.column`. */
  values?: ReadonlyMap<string, readonly ValueEvidence[]>;
}

/**
 * Classifies every column of a catalogue, views among them. An override of the configuration wins over everything, the
 * first that matches counts; then declarations, by authority: security label, data contract, dbt, comment.
 *
 * @param declarations of tools and contracts, for this store
 * @returns by `schema.table.column`; columns about which nothing speaks, and those that are declared harmless, are absent.
 */
export function classifyCatalog(catalog: Catalog, overrides: readonly ColumnOverride[], declarations: readonly ColumnDeclaration[] = [], options: ClassifyOptions = {}): Map<string, Classification> {
  const result = new Map<string, Classification>();
  const declared = declarationsByColumn(catalog, declarations);
  for (const { name, evidence, context } of columnsOf(catalog, options)) {
    const override = overrideOf(name, overrides);
    const classification = override === undefined ? classifyIn(evidence, context, declared.get(name) ?? []) : overridden(override);
    if (classification !== null) result.set(name, classification);
  }
  return result;
}

/** Every column with what its names and types say, the context of a table judged once. */
export function* columnsOf(catalog: Pick<Catalog, 'relations'>, { values }: ClassifyOptions = {}): Generator<{ name: string; relation: Relation; column: Column; evidence: ColumnEvidence; context: TableContext }> {
  for (const relation of catalog.relations) {
    const siblings = relation.columns.map((column) => column.name);
    const context = tableContext(relation.name, siblings);
    for (const column of relation.columns) {
      const name = `${relation.schema}.${relation.name}.${column.name}`;
      const sampled = values?.get(name);
      yield {
        name, relation, column, context,
        evidence: {
          schema: relation.schema, table: relation.name, column: column.name, type: column.type, comment: column.comment, label: column.label, siblings,
          enumerated: column.enumValues !== null, ...(sampled === undefined ? {} : { values: sampled }),
        },
      };
    }
  }
}

export function overrideOf(name: string, overrides: readonly ColumnOverride[]): ColumnOverride | undefined {
  return overrides.find(({ pattern }) => like(name, pattern));
}

function overridden({ kind, pattern }: ColumnOverride): Classification | null {
  if (kind === 'none') return null;
  return { kind, class: kindOfId.get(kind)?.class ?? 'direct', confidence: 1, reasons: [`declared in the configuration by ${pattern}`], declaredBy: ['tidemark.yaml'] };
}

/** @param declarations of the column, the one with most authority first */
function classifyIn(evidence: ColumnEvidence, context: TableContext, declarations: readonly ColumnDeclaration[]): Classification | null {
  const best = bestScore(evidence, context);
  const deciding = declarations.find(decides);
  if (deciding?.verdict === 'harmless') return null;
  if (deciding !== undefined) return declared(deciding, declarations, best);
  if (best === null) return null;
  const [hint] = declarations;
  const found = inferred(hint === undefined ? best : { ...best, logOdds: best.logOdds + HINTED, reasons: [...best.reasons, sentenceOf(hint)] });
  return found === null || hint === undefined ? found : { ...found, declaredBy: [hint.by] };
}

/** What names, types and values say, whatever was declared; null where nothing speaks for personal data. */
export function inferredOf(evidence: ColumnEvidence, context: TableContext): Classification | null {
  const best = bestScore(evidence, context);
  return best === null ? null : inferred(best);
}

function bestScore(evidence: ColumnEvidence, context: TableContext): Score | null {
  return scoreKinds(evidence, context).reduce<Score | null>((top, score) => (top === null || score.logOdds > top.logOdds ? score : top), null);
}

function inferred({ kind, logOdds, reasons, against }: Score): Classification | null {
  const confidence = 1 / (1 + Math.exp(-logOdds));
  if (confidence < CONFIDENCE_MIN) return null;
  return { kind: kind.kind, class: kind.class, confidence: Math.round(confidence * 1000) / 1000, reasons, ...(against.length === 0 ? {} : { against: [...new Set(against)] }) };
}

function sentenceOf({ by, words }: ColumnDeclaration): string {
  return `declared by its ${by}: ${words.slice(0, WORDS_LENGTH_MAX)}`;
}

function declared(deciding: ColumnDeclaration, all: readonly ColumnDeclaration[], best: Score | null): Classification {
  const word = deciding.kind ?? all.find(({ kind, verdict }) => kind !== null && verdict === deciding.verdict)?.kind ?? null;
  const named = word === null ? null : kindOfWord(word);
  // What speaks least is no better guess than the declaration's own words.
  const likely = best !== null && best.logOdds > -2 ? best.kind : null;
  const kind = named ?? likely ?? kindOfWord(deciding.words) ?? best?.kind ?? null;
  const isSecret = deciding.verdict === 'secret';
  const rest = all.filter(({ verdict }) => verdict !== 'harmless');
  return {
    kind: kind?.kind ?? (isSecret ? 'secret' : 'personal_data'),
    class: isSecret ? 'secret' : (kind?.class ?? 'direct'),
    confidence: DECLARED_CONFIDENCE,
    reasons: [...rest.map(sentenceOf), ...(best !== null && best.kind === kind ? best.reasons : [])],
    ...(all.length === rest.length ? {} : { against: all.filter(({ verdict }) => verdict === 'harmless').map((one) => `declared harmless by its ${one.by}: ${one.words}`) }),
    declaredBy: [...new Set(rest.filter((one) => authorityOf(one) <= authorityOf(deciding)).map(({ by }) => by))],
  };
}
