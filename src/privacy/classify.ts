import type { Catalog } from '../model/catalog.js';
import { like } from '../text/glob.js';
import { bookkeeping, isPersonWord, nameSet, tableContext, withoutPrefix, type TableContext } from './context.js';
import { declarationOfComment, declarationOfLabel, type Declaration } from './declared.js';
import { kinds } from './kinds/index.js';
import type { KindDefinition, PrivacyClass } from './kinds/kind.js';
import { neutralWords, personWords } from './kinds/vocabulary.js';
import { Lexicon, type Occurrence } from './lexicon.js';
import { typeGroup } from './types.js';
import { entriesOf, entriesOfAll, wordsOf } from './words.js';

export interface Classification {
  /** `email`, `phone`, `full_name` … as in the dictionary, or what the configuration calls it. */
  kind: string;
  class: PrivacyClass;
  /** 0 to 1. From `REPORTED_CONFIDENCE` on a column is reported. */
  confidence: number;
  /** In words, the strongest first; names only, never a value. */
  reasons: string[];
}

export interface ColumnEvidence {
  schema: string;
  table: string;
  column: string;
  /** As the database declares it, e.g. `character varying(120)`. */
  type: string;
  comment: string | null;
  label: string | null;
  /** The names of all columns of the table; the column itself may be among them. */
  siblings: readonly string[];
  /** True for an enum type: such a column cannot hold a name or an address. */
  enumerated?: boolean;
}

export interface ColumnOverride {
  /** Glob for `schema.table.column`. */
  pattern: string;
  /** A kind, or `none`. */
  kind: string;
}

/** The default for the share of certainty from which on personal data is reported. */
export const REPORTED_CONFIDENCE = 0.7;

/**
 * Weights in log-odds, over the share of columns that hold personal data in ordinary schemas. Fitted by hand to the
 * tuning half of the labelled schemas; the evaluation holds the other half out.
 */
const WEIGHT = {
  prior: Math.log(0.02 / 0.98),
  strong: { full: 6, half: 4.6, part: 3.2 },
  weak: { full: 2.9, part: 1.2 },
  notAtEnd: -1.2,
  bookkeeping: -3.5,
  against: -5,
  impossibleType: -4,
  booleanType: -6,
  unknownType: -1,
  typicalType: 5,
  noPerson: -3.5,
  thing: -1.5,
} as const;

interface Hit {
  kind: KindDefinition;
  strength: 'strong' | 'weak' | 'against';
}

const lexicon = new Lexicon<Hit>(
  kinds.flatMap((kind) =>
    (['strong', 'weak', 'against'] as const).flatMap((strength) =>
      entriesOfAll(kind[strength]).map((words) => ({ words, payload: { kind, strength } })),
    ),
  ),
);

const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));
const neutral = new Set(entriesOf(neutralWords).flat());
const gluedNames = new Set(entriesOfAll(personWords).flatMap((person) => [...nameSet].map((name) => person.join('') + name)));

/** Kinds that an enum type may hold: an enum lists its members, so it cannot hold a name or a number. */
const ENUMERABLE = new Set(['gender', 'marital_status', 'nationality', 'health', 'special_category']);

/** Kinds that another person's key in the same row makes likely: an order has the address of its customer. */
const FOLLOWS_KEY = new Set(['street_address', 'postal_code', 'city', 'phone', 'full_name', 'insurance_number', 'photo', 'signature', 'geolocation']);

interface Score {
  kind: KindDefinition;
  logOdds: number;
  reasons: string[];
}

/**
 * Says what personal data or secret a column holds, from names, type, table and what people declared; never from values.
 *
 * Evidence is summed in log-odds and given back as a probability. A declaration (label before comment) wins over all of
 * it. Null means that nothing speaks for personal data.
 */
export function classifyColumn(evidence: ColumnEvidence): Classification | null {
  return classifyIn(evidence, tableContext(evidence.table, evidence.siblings));
}

/**
 * Classifies every column of a catalogue, views among them. An override of the configuration wins over everything, the
 * first that matches counts.
 *
 * @returns by `schema.table.column`; columns about which nothing speaks are absent.
 */
export function classifyCatalog(catalog: Catalog, overrides: readonly ColumnOverride[]): Map<string, Classification> {
  const result = new Map<string, Classification>();
  for (const relation of catalog.relations) {
    const siblings = relation.columns.map((column) => column.name);
    const context = tableContext(relation.name, siblings);
    for (const column of relation.columns) {
      const name = `${relation.schema}.${relation.name}.${column.name}`;
      const override = overrides.find((entry) => like(name, entry.pattern));
      const classification =
        override === undefined
          ? classifyIn(
              {
                schema: relation.schema,
                table: relation.name,
                column: column.name,
                type: column.type,
                comment: column.comment,
                label: column.label,
                siblings,
                enumerated: column.enumValues !== null,
              },
              context,
            )
          : overridden(override);
      if (classification !== null) result.set(name, classification);
    }
  }
  return result;
}

function overridden(override: ColumnOverride): Classification | null {
  if (override.kind === 'none') return null;
  const known = byKind.get(override.kind);
  return {
    kind: override.kind,
    class: known?.class ?? 'direct',
    confidence: 1,
    reasons: [`declared in the configuration by ${override.pattern}`],
  };
}

function classifyIn(evidence: ColumnEvidence, context: TableContext): Classification | null {
  const byLabel = declarationOfLabel(evidence.label);
  const declaration = byLabel ?? declarationOfComment(evidence.comment);
  if (declaration?.verdict === 'harmless') return null;

  const scores = scoreKinds(evidence, context);
  const best = scores.reduce<Score | null>((top, score) => (top === null || score.logOdds > top.logOdds ? score : top), null);
  if (declaration !== null) return declared(declaration, byLabel === null ? 'comment' : 'label', best);
  if (best === null) return null;
  const confidence = 1 / (1 + Math.exp(-best.logOdds));
  if (confidence < 0.05) return null;
  return { kind: best.kind.kind, class: best.kind.class, confidence: Math.round(confidence * 1000) / 1000, reasons: best.reasons };
}

function declared(declaration: NonNullable<Declaration>, where: string, best: Score | null): Classification {
  const fallback: { kind: string; class: PrivacyClass } =
    declaration.verdict === 'secret' ? { kind: 'secret', class: 'secret' } : { kind: 'personal_data', class: 'direct' };
  const { kind, class: privacyClass } = best?.kind ?? fallback;
  return {
    kind,
    class: declaration.verdict === 'secret' ? 'secret' : privacyClass,
    confidence: 0.99,
    reasons: [`declared by its ${where}: ${declaration.words.slice(0, 120)}`, ...(best?.reasons ?? [])],
  };
}

function scoreKinds(evidence: ColumnEvidence, context: TableContext): Score[] {
  const words = withoutPrefix(wordsOf(evidence.column), context.prefix);
  const person = (word: string): boolean => word !== context.program && isPersonWord(word);
  const matches = new Map<KindDefinition, Match>();
  const against = new Set<KindDefinition>();
  const offer = (kind: KindDefinition, match: Match): void => {
    const best = matches.get(kind);
    if (best === undefined || match.weight > best.weight) matches.set(kind, match);
  };
  for (const occurrence of lexicon.find(words)) {
    const { kind, strength } = occurrence.payload;
    if (strength === 'against') against.add(kind);
    else offer(kind, matchOf(occurrence, strength, words, person, kind.class === 'secret'));
  }
  const fullName = byKind.get('full_name');
  // `last_name` and `username` hold a word for a name too, and say more.
  const said = [...matches.values()].some((match) => match.weight >= WEIGHT.strong.full);
  const named = said ? null : matchFullName(words, person);
  if (fullName !== undefined && named !== null) offer(fullName, named);

  const group = typeGroup(evidence.type);
  const candidates = new Set([...matches.keys(), ...kinds.filter((kind) => kind.typical === group)]);
  return [...candidates].map((kind) => {
    const score = scoreKind(kind, matches.get(kind) ?? null, evidence, context);
    return against.has(kind) ? { ...score, logOdds: score.logOdds + WEIGHT.against } : score;
  });
}

function scoreKind(kind: KindDefinition, match: Match | null, evidence: ColumnEvidence, context: TableContext): Score {
  const reasons: string[] = [];
  let logOdds = WEIGHT.prior + typeWeight(kind, evidence);
  if (match === null) {
    logOdds += 0.3 * context.score;
  } else {
    logOdds += match.weight + contextWeight(kind, match, context);
    if (match.rest.some((word) => bookkeeping.has(word) && !neutral.has(word))) logOdds += WEIGHT.bookkeeping;
    reasons.push(`${evidence.column} is named like ${kind.title}`);
    if (context.score > 0 && kind.context !== 'little') reasons.push(...context.reasons);
  }
  if (kind.typical !== undefined && typeGroup(evidence.type) === kind.typical) {
    logOdds += WEIGHT.typicalType;
    reasons.push(`its type is ${evidence.type}`);
  }
  return { kind: refineName(kind, evidence), logOdds, reasons };
}

interface Match {
  strength: 'strong' | 'weak';
  weight: number;
  /** The words of the name that the match leaves over. */
  rest: string[];
  /** `name` and nothing else: only the table can say whose. */
  bare: boolean;
  /** The name itself says that it is a person's: `manager_name`. */
  ofPerson: boolean;
}

function matchOf(found: Occurrence<unknown>, strength: 'strong' | 'weak', words: string[], person: (word: string) => boolean, secret: boolean): Match {
  const end = found.start + found.length;
  const rest = words.filter((_, index) => index < found.start || index >= end);
  // The head of a name stands last: whatever comes before `token` or `secret`, it is one.
  const counted = secret ? words.slice(end) : rest;
  const loose = counted.filter((word) => !neutral.has(word) && !person(word));
  const trailing = words.slice(end).some((word) => !neutral.has(word) && !person(word));
  const weight =
    strength === 'strong' ? strongWeight(found.words / (found.words + loose.length)) : loose.length === 0 ? WEIGHT.weak.full : WEIGHT.weak.part;
  return { strength, weight: weight + (trailing ? WEIGHT.notAtEnd : 0), rest, bare: false, ofPerson: rest.some(person) };
}

function strongWeight(cover: number): number {
  if (cover >= 0.99) return WEIGHT.strong.full;
  return cover >= 0.5 ? WEIGHT.strong.half : WEIGHT.strong.part;
}

/** `name` alone needs a table of persons; beside a word for a person it speaks for itself, beside a thing it is the thing's. */
function matchFullName(words: string[], person: (word: string) => boolean): Match | null {
  const strong = { strength: 'strong', weight: WEIGHT.strong.full, bare: false, ofPerson: true } as const;
  if (words.length === 1 && gluedNames.has(words[0] ?? '')) return { ...strong, rest: [] };
  const index = words.findIndex((word) => nameSet.has(word));
  if (index < 0) return null;
  const rest = words.filter((_, position) => position !== index);
  const others = rest.filter((word) => !neutral.has(word) || person(word));
  if (others.length === 0) return { strength: 'weak', weight: WEIGHT.weak.full, rest, bare: rest.length === 0, ofPerson: false };
  if (others.every(person)) return { ...strong, rest };
  // A word that the dictionary does not know stands before `name`: more often a thing's than a person's.
  return null;
}

function contextWeight(kind: KindDefinition, match: Match, context: TableContext): number {
  // A warehouse has a manager's name and an address of its own.
  const followsKey = context.belongsToPerson && context.score > -1 && FOLLOWS_KEY.has(kind.kind) && !match.bare;
  const score = followsKey ? Math.max(context.score, 0) + 1 : context.score;
  if (match.strength === 'weak') return 1.6 * score + (score <= 0 ? WEIGHT.thing : 0);
  if (kind.context === 'little' || match.ofPerson) return 0.3 * score;
  const weight = 0.8 * score + (score < -0.4 ? WEIGHT.thing : 0);
  return kind.context === 'needed' && score <= 0 ? weight + WEIGHT.noPerson : weight;
}

function typeWeight(kind: KindDefinition, evidence: ColumnEvidence): number {
  if (evidence.enumerated === true) return ENUMERABLE.has(kind.kind) ? 0 : WEIGHT.impossibleType;
  const group = typeGroup(evidence.type);
  if (kind.types.includes(group)) return kind.kind === 'date_of_birth' && group === 'timestamp' ? -1 : 0;
  if (group === 'boolean') return WEIGHT.booleanType;
  if (group !== 'other') return WEIGHT.impossibleType;
  const says = lexicon.find(wordsOf(evidence.type)).some(({ payload }) => payload.kind === kind && payload.strength === 'strong');
  return says ? 2 : WEIGHT.unknownType;
}

/** Beside a column for the family name, a bare `nombre` is the first name, and the other way round. */
function refineName(kind: KindDefinition, evidence: ColumnEvidence): KindDefinition {
  const words = wordsOf(evidence.column);
  if (kind.kind !== 'full_name' || words.length !== 1 || !nameSet.has(words[0] ?? '')) return kind;
  const beside = (other: string): boolean =>
    evidence.siblings.some(
      (sibling) =>
        sibling !== evidence.column &&
        lexicon.find(wordsOf(sibling)).some(({ payload }) => payload.kind.kind === other && payload.strength === 'strong'),
    );
  if (beside('last_name')) return byKind.get('first_name') ?? kind;
  return beside('first_name') ? (byKind.get('last_name') ?? kind) : kind;
}
