import type { MetricGroup } from '../../model/metric-report.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import type { MetricsAnswer } from './answer.js';
import { letterOf, relationsOf, type Pair } from './classes.js';
import { isCosmetic, pairsByConsequence } from './consequence.js';
import { heading, headLines, remark } from '../lines.js';
import { matrixLines } from './matrix.js';
import { SIGNS, signOf, verdictMark } from './signs.js';
import { sqlLines } from './sql-lines.js';
import { basisOf, boundInWords, clean, constraintsInWords, consumersOf, kindInWords, shortOwners, todayOf, verdictInWords } from './words.js';
import { witnessLines, type Looking } from './witness-lines.js';

export interface ShowPageOptions {
  /** Rows of each list; infinite for all. */
  limit: number;
  quiet: boolean;
  /** Only this one; null for the whole page. */
  pair: Pair | null;
}

const SQL_LINES_MAX = 12;
const VIEW_LINES_MAX = 40;
const NAMES_MAX = 8;
/** A sentence names constraints and says how far it was searched. */
const WHY_LENGTH_MAX = 2_000;

/** One metric for people: who defines it how, each definition, each difference with its rows, and what it should be. Pure. */
export function showPage(page: Page, answer: MetricsAnswer, group: MetricGroup, options: ShowPageOptions): string[] {
  const { limit, quiet, pair } = options;
  const all = !Number.isFinite(limit);
  const sections =
    pair !== null
      ? [titleLines(page, group), definitionLines(page, group, [pair.first, pair.second], { all, isWhole: false }), pairLines(page, pair, group)]
      : [
          quiet ? [] : headLines(page, answer),
          titleLines(page, group),
          matrixLines(page, group, limit),
          definitionLines(page, group, group.definitions.map((_, index) => index).slice(0, limit), { all, isWhole: true }),
          ...pairSections(page, group, limit),
          canonicalLines(page, group),
          otherLines(page, group, limit),
          gapLines(page, answer.gaps, all, '--limit all'),
        ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function titleLines(page: Page, group: MetricGroup): string[] {
  const { text, paint } = verdictMark(page, group.verdict, isCosmetic(group));
  const classes = relationsOf(group).classes.length;
  const number = classes === group.definitions.length ? counted(classes, 'definition') : `${counted(group.definitions.length, 'definition')}, of which proof leaves ${amount(classes)}`;
  return [
    ...paragraph(page, clean(group.name), { first: `${paint(text)}  `, columns: text.length + 2, paint: page.strong }),
    ...paragraph(page, `${clean(group.relation)} on ${clean(group.store)} · ${number}, shown by ${amount(consumersOf(group))} · ${shortOwners(group.members)}`, { first: '  ', columns: 2 }),
    ...paragraph(page, clean(group.id, 200), { first: '  ', columns: 2, paint: page.faint }),
    ...(group.partial === null ? [] : paragraph(page, `Not all of it was compared: ${clean(group.partial, 300)}`, { first: `  ${page.unknown.paint(page.unknown.glyph)} `, columns: 4 })),
  ];
}

function definitionLines(page: Page, group: MetricGroup, places: readonly number[], { all, isWhole }: { all: boolean; isWhole: boolean }): string[] {
  const lines = places.flatMap((place) => {
    const definition = group.definitions[place];
    if (definition === undefined) return [];
    const canonical = group.canonical?.definition === place ? ' · canonical' : '';
    const today = todayOf(group, place);
    return [
      ...paragraph(page, `${clean(definition.words, 300)} · ${counted(definition.members.length, 'card')}${canonical}`, { first: `  ${page.strong(letterOf(place).padEnd(2))} `, columns: 5 }),
      ...(definition.unreadable === null ? [] : paragraph(page, `not compared: ${clean(definition.unreadable, 300)}`, { first: `     ${page.unknown.paint(page.unknown.glyph)} `, columns: 7 })),
      ...sqlLines(page, definition.sql, 5, all ? VIEW_LINES_MAX * 10 : SQL_LINES_MAX),
      ...(today === null ? [] : paragraph(page, `today ${today}`, { first: '     ', columns: 5 })),
    ];
  });
  const hidden = group.definitions.length - places.length;
  return [...heading(page, 'Definitions'), ...lines, ...(isWhole && hidden > 0 ? remark(page, `… and ${amount(hidden)} more; --limit all shows them`) : [])];
}

function pairSections(page: Page, group: MetricGroup, limit: number): string[][] {
  if (group.pairs.length === 0) return [];
  const sorted = pairsByConsequence(group);
  const told = Number.isFinite(limit) ? toldPairs(sorted, group) : sorted;
  const shown = told.slice(0, limit);
  const sections = shown.map((pair, index) => [...(index === 0 ? heading(page, 'Pairs, by consequence') : []), ...pairLines(page, pair, group)]);
  if (shown.length < sorted.length) {
    const why = told.length < sorted.length && shown.length === told.length ? ', which follow from these' : '';
    sections.push(remark(page, `… and ${counted(sorted.length - shown.length, 'more pair')}${why}; --limit all shows them, --pair A,B one of them`));
  }
  return sections;
}

/** What is equal to another definition differs from the rest as that does: one pair of two classes tells all. */
function toldPairs(sorted: readonly Pair[], group: MetricGroup): Pair[] {
  const { classes } = relationsOf(group);
  const classOf = new Map(classes.flatMap(({ definitions }, index) => definitions.map((place) => [place, index] as const)));
  const told = new Set<string>();
  return sorted.filter(({ first, second, comparison }) => {
    if (signOf(comparison) === 'same') return true;
    const key = [classOf.get(first) ?? -1, classOf.get(second) ?? -1].sort((a, b) => a - b).join(' ');
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
}

/** A verdict with all that it rests on. */
function pairLines(page: Page, { first, second, comparison, today, parts = [] }: Pair, group: MetricGroup): string[] {
  const [one, other] = [letterOf(first), letterOf(second)];
  const { sign } = SIGNS[signOf(comparison)];
  const { paint } = verdictMark(page, comparison.verdict, comparison.cosmetic);
  const { region, witness, bound, restsOn, underAsserted, why } = comparison;
  const said = verdictInWords(comparison, one, other);
  const kind = kindInWords(comparison.kind);
  const label = `  ${one} ${sign} ${other}  `;
  const fact = (text: string): string[] => paragraph(page, text, { first: '    ', columns: 4 });
  return [
    ...paragraph(page, `${said}${kind === null || comparison.cosmetic ? '' : `: ${kind}`}`, { first: `  ${paint(`${one} ${sign} ${other}`)}  `, columns: label.length, paint: page.strong }),
    ...(region?.onlyA ? fact(`only ${one} counts ${clean(region.onlyA, 300)}`) : []),
    ...(region?.onlyB ? fact(`only ${other} counts ${clean(region.onlyB, 300)}`) : []),
    ...(witness === null ? [] : witnessLines(page, witness, [one, other], lookingOf(group, [first, second]))),
    ...parts.flatMap(({ part, comparison: half }) => fact(`the ${part}: ${verdictInWords(half, one, other)}${half.verdict === 'undecided' && half.why !== '' ? `: ${clean(half.why, 200)}` : ''}`)),
    ...(restsOn.every(({ text }) => why.includes(text)) ? [] : fact(`rests on ${constraintsInWords(restsOn)}`)),
    ...(underAsserted.length === 0 ? [] : fact(`they would be equal if this held, which nobody enforces: ${underAsserted.map(({ text }) => clean(text, 300)).join('; ')}`)),
    ...(why === '' || (witness !== null && clean(why, WHY_LENGTH_MAX) === clean(witness.words, WHY_LENGTH_MAX)) ? [] : fact(clean(why, WHY_LENGTH_MAX))),
    ...[/^Proved|real tables/.test(why) ? null : basisOf(comparison), bound === null || comparison.by === 'replay' || why.includes('small database') ? null : boundInWords(bound)].flatMap((text) => (text === null ? [] : remark(page, text, 4))),
    ...todayLines(page, group, { first, second, comparison, ...(today === undefined ? {} : { today }) }),
  ];
}

/** What two definitions look at: what part them is there. */
function lookingOf(group: MetricGroup, places: readonly number[]): Looking {
  const definitions = places.flatMap((place) => group.definitions[place] ?? []);
  const claims = definitions.flatMap(({ members }) => members.flatMap((member) => group.members[member] ?? []));
  return { relations: [...new Set([group.relation, ...claims.flatMap(({ relations }) => relations)])], texts: definitions.map(({ sql }) => sql) };
}

function todayLines(page: Page, group: MetricGroup, { first, second, today }: Pair): string[] {
  const [one, other] = [todayOf(group, first), todayOf(group, second)];
  const values = one === null && other === null ? [] : [`${letterOf(first)} ${one ?? 'not known'}, ${letterOf(second)} ${other ?? 'not known'}`];
  const parted = today === undefined ? [] : ['rows' in today ? `${counted(today.rows, 'row')} part them` : `how many rows part them is not known: ${clean(today.error, 200)}`];
  const text = [...values, ...parted].join('; ');
  return text === '' ? [] : paragraph(page, `today ${text}`, { first: '    ', columns: 4 });
}

function canonicalLines(page: Page, group: MetricGroup): string[] {
  const { canonical, suggestion, semantic } = group;
  const lines = canonical === null
    ? ['No definition suggests itself as the one that the others should have.']
    : [`${letterOf(canonical.definition)}: ${clean(canonical.reason, 300)}`];
  const names = (members: readonly number[]): string => {
    const shown = members.slice(0, NAMES_MAX).flatMap((member) => group.members[member] ?? []).map(({ title, consumer, container }) => `“${clean(title)}” on ${clean(container ?? consumer)}`);
    return `${shown.join(', ')}${members.length > NAMES_MAX ? ` and ${amount(members.length - NAMES_MAX)} more` : ''}`;
  };
  const deviating = group.members.flatMap(({ conforms }, member) => (conforms === null || conforms === 'canonical' || conforms === 'equal' || conforms === 'equal-under' || conforms === 'undecided' ? [] : [member]));
  const open = group.members.flatMap(({ conforms }, member) => (conforms === 'undecided' ? [member] : []));
  const under = group.members.flatMap(({ conforms }, member) => (conforms === 'equal-under' ? [member] : []));
  return [
    ...heading(page, 'The canonical definition'),
    ...lines.flatMap((text) => paragraph(page, text, { first: '  ', columns: 2 })),
    ...(semantic.length === 0 ? [] : paragraph(page, `shown already from ${semantic.slice(0, NAMES_MAX).map((name) => clean(name)).join(', ')}`, { first: '  ', columns: 2 })),
    ...(under.length === 0 ? [] : paragraph(page, `conform only while constraints hold: ${names(under)}`, { first: '  ', columns: 2 })),
    ...(deviating.length === 0 ? [] : paragraph(page, `do not conform: ${names(deviating)}`, { first: '  ', columns: 2 })),
    ...(open.length === 0 ? [] : paragraph(page, `not known whether they conform: ${names(open)}`, { first: '  ', columns: 2 })),
    ...(suggestion === null ? [] : ['  A view that would hold it:', ...sqlLines(page, suggestion.sql, 4, VIEW_LINES_MAX)]),
    ...(suggestion === null ? [] : paragraph(page, suggestion.replaces.length === 0 ? 'it would replace no card unchanged' : `it would replace unchanged: ${names(suggestion.replaces)}`, { first: '  ', columns: 2 })),
  ];
}

/** Under the same name elsewhere, and the same under other names. */
function otherLines(page: Page, { nameClashes, possibleSynonyms, dialectDifferences }: MetricGroup, limit: number): string[] {
  const clashes = nameClashes.slice(0, limit).map(({ title, consumer, store, relations }) => `“${clean(title)}” of ${clean(consumer)} has the name and reads ${relations.slice(0, 4).map((name) => clean(name)).join(', ')} on ${clean(store)}: no table in common, not compared`);
  const synonyms = possibleSynonyms.slice(0, limit).map(({ title, consumer }) => `“${clean(title)}” of ${clean(consumer)} measures the same rows under another name`);
  const dialects = dialectDifferences.slice(0, limit).map((text) => clean(text, 300));
  const texts = [...dialects, ...clashes, ...synonyms];
  const hidden = dialectDifferences.length + nameClashes.length + possibleSynonyms.length - texts.length;
  if (texts.length === 0) return [];
  return [
    ...heading(page, 'Near it'),
    ...texts.flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
    ...(hidden > 0 ? remark(page, `… and ${amount(hidden)} more; --limit all shows them`) : []),
  ];
}
