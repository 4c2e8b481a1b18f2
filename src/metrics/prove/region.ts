import type { Point } from '../rows/domain.js';
import { valueText } from '../rows/point.js';
import type { JointWorlds } from '../rows/joint.js';
import { ABSENT, isConcrete, type Obligations } from './obligation.js';
import { columnPart } from './expression.js';

/** More representative rows than this are not told in words. */
const ROWS_MAX = 4_000;
const RECTANGLES_MAX = 4;

interface Row {
  places: number[];
  inside: boolean;
}

/**
 * In words, the rows that one definition counts and the other does not: each part a set of values for some columns, as large as
 * the rows allow. Rows that the constraints forbid neither widen nor narrow it. Null where there are none, or what is not
 * looked into decides.
 */
export function regionWords(joint: JointWorlds, side: 'first' | 'second', obligations: Obligations): string | null {
  const { worlds, vocabulary } = joint;
  const width = vocabulary.columns.length;
  if (worlds.rows > ROWS_MAX || joint.partial || !isConcrete(joint, obligations.terms) || vocabulary.columns.some(({ moment }) => moment)) return null;
  const [mine, theirs] = side === 'first' ? [worlds.truths[0], worlds.truths[1]] : [worlds.truths[1], worlds.truths[0]];
  const rows: Row[] = [];
  for (let row = 0; row < worlds.rows; row += 1) {
    let admitted = 0;
    let inside = 0;
    for (let variant = 0; variant < worlds.perRow; variant += 1) {
      const world = row * worlds.perRow + variant;
      if (worlds.broken[world] !== 0) continue;
      admitted += 1;
      if (mine?.[world] === 1 && theirs?.[world] !== 1) inside += 1;
    }
    if (admitted === 0) continue;
    if (inside > 0 && inside < admitted) return null;
    rows.push({ places: Array.from({ length: width }, (_, column) => worlds.places[row * width + column] ?? -1), inside: inside > 0 });
  }
  const rectangles = cover(rows, width);
  if (rectangles.length === 0) return null;
  const texts = rectangles.slice(0, RECTANGLES_MAX).map((rectangle) => {
    const parts = rectangle.flatMap((places, column) => words(joint, column, places, rows, obligations) ?? []);
    return parts.length === 0 ? 'every row' : parts.map((part) => (rectangle.length > 1 && / or /.test(part) ? `(${part})` : part)).join(' and ');
  });
  return `${[...new Set(texts)].join('; or ')}${rectangles.length > RECTANGLES_MAX ? '; …' : ''}`;
}

type Rectangle = ReadonlySet<number>[];

function cover(rows: readonly Row[], width: number): Rectangle[] {
  const columns = Array.from({ length: width }, (_, column) => column);
  const domains = columns.map((column) => [...new Set(rows.map(({ places }) => places[column] ?? -1))]);
  const outside = rows.filter(({ inside }) => !inside);
  const left = new Set(rows.filter(({ inside }) => inside));
  // Columns that tell the two sides apart by themselves are widened last.
  const weight = columns.map((column) => (domains[column] ?? []).filter((place) => [...left].some(({ places }) => places[column] === place) !== outside.some(({ places }) => places[column] === place)).length);
  const order = columns.toSorted((a, b) => (weight[a] ?? 0) - (weight[b] ?? 0));
  const found: Rectangle[] = [];
  while (left.size > 0 && found.length <= RECTANGLES_MAX) {
    const [seed] = left;
    if (seed === undefined) break;
    const rectangle = seed.places.map((place) => new Set([place]));
    const holds = (row: Row): boolean => row.places.every((place, column) => rectangle[column]?.has(place) === true);
    for (const column of order) {
      for (const place of domains[column] ?? []) {
        if (rectangle[column]?.has(place) === true) continue;
        rectangle[column]?.add(place);
        if (outside.some(holds)) rectangle[column]?.delete(place);
      }
    }
    for (const column of order) {
      if ((rectangle[column]?.size ?? 0) >= (domains[column]?.length ?? 0)) continue;
      for (const place of rectangle[column] ?? []) if (!rows.some((row) => row.inside && row.places[column] === place && holds(row))) rectangle[column]?.delete(place);
    }
    for (const row of left) if (holds(row)) left.delete(row);
    found.push(rectangle);
  }
  return found;
}

/** One column of a region; null where it may hold anything that the rows hold. */
function words({ worlds, vocabulary }: JointWorlds, column: number, places: ReadonlySet<number>, rows: readonly Row[], obligations: Obligations): string | null {
  const used = vocabulary.columns[column];
  const domain = [...new Set(rows.map((row) => row.places[column] ?? -1))];
  if (used === undefined || used.moment || places.size >= domain.length) return null;
  const absent = columnPart(used.name) === ABSENT;
  const name = absent ? 'the joined row' : plainName(obligations.terms.words(used.name));
  const points = worlds.context.classOf[column]?.points ?? [];
  if (absent) return [...places].some((place) => points[place]?.value.kind === 'boolean' && valueText(points[place].value) === 'true') ? `${name} is missing` : `${name} is there`;
  const values = [...places].filter((place) => place >= 0).toSorted((a, b) => a - b);
  const known = domain.filter((place) => place >= 0).toSorted((a, b) => a - b);
  if (values.length === 0) return `${name} is null`;
  const suffix = places.has(-1) ? ' or is null' : '';
  if (values.length === known.length) return suffix === '' ? `${name} is not null` : null;
  const family = used.type?.family;
  if (family === 'boolean') return `${values.some((place) => valueText(points[place]?.value ?? { kind: 'nan' }) === 'true') ? name : `not ${name}`}${suffix}`;
  const text = (place: number): string => (points[place] === undefined ? '' : points[place].value.kind === 'other' ? 'any other value' : valueText(points[place].value));
  if (family === 'number' || family === 'double' || family === 'instant' || family === 'zoned') return `${ranges(name, values, known, points).join(' or ')}${suffix}`;
  const others = values.filter((place) => points[place]?.value.kind !== 'other').map(text);
  const fresh = values.some((place) => points[place]?.value.kind === 'other') ? ['any other value'] : [];
  const all = [...others, ...fresh];
  return `${name} ${all.length === 1 && fresh.length === 0 ? `= ${all[0] ?? ''}` : all.length === 1 ? 'is any other value' : `in (${all.join(', ')})`}${suffix}`;
}

/** Neighbouring places as ranges. A stand-in is told by the values around it that someone named. */
function ranges(name: string, values: readonly number[], known: readonly number[], points: readonly Point[]): string[] {
  const chosen = new Set(values);
  const found: string[] = [];
  let start: number | null = null;
  known.forEach((place, index) => {
    if (chosen.has(place) && start === null) start = index;
    const next = known[index + 1];
    if (start === null || (next !== undefined && chosen.has(next))) return;
    const [low, high] = [known[start] ?? place, place];
    const isNamed = (at: number): boolean => points[at]?.origin !== 'stand-in';
    const text = (at: number): string => (points[at] === undefined ? '' : valueText(points[at].value));
    const below = isNamed(low) ? `>= ${text(low)}` : ((at) => (at < 0 ? null : `> ${text(at)}`))(points.findLastIndex(({ origin }, at) => at < low && origin !== 'stand-in'));
    const above = isNamed(high) ? `<= ${text(high)}` : ((at) => (at < 0 ? null : `< ${text(at)}`))(points.findIndex(({ origin }, at) => at > high && origin !== 'stand-in'));
    const ends = [start === 0 ? null : below, next === undefined ? null : above].filter((end) => end !== null);
    found.push(low === high && isNamed(low) ? `${name} = ${text(low)}` : ends.length === 0 ? `${name} is not null` : ends.map((end) => `${name} ${end}`).join(' and '));
    start = null;
  });
  return found;
}

/** Without the aliases of the comparison. */
const plainName = (name: string): string => name.replace(/\br\d+\./g, '');
