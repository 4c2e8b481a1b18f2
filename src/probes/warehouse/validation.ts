/** Of a longer text nothing is read. */
export const VALIDATION_LENGTH_MAX = 20_000;
const DEPTH_MAX = 6;
const VALUES_MAX = 2_000;

export interface ValidationCounts {
  unknown_dimension_rows: number | null;
  duplicate_rows: number | null;
}

const UNKNOWN = /(^|_)(unknown|unmatched|unresolved|orphan(ed)?|missing|late)_?(dim|dims|dimension|dimensions|member|members|key|keys|reference|references|row|rows)?(_|$)/;
const DIMENSION = /dim|member|unknown|unmatched|unresolved|orphan/;
const DUPLICATE = /duplicate|dupe|^dup_|_dup(s|_|$)/;
const NAMES = ['check', 'check_name', 'name', 'test', 'rule', 'metric', 'code'];
const VALUES = ['rows', 'count', 'value', 'failed', 'failures', 'failed_rows', 'unexpected_count', 'actual'];

/**
 * Counts of unknown dimension members and of duplicates in the validation result of a run, whatever its form:
 * `{"unknown_dimension_rows": 3}`, `{"checks": {"unknown_members": {"region": 2, "queue": 1}}}`,
 * `[{"check": "duplicate_events", "failed_rows": 4}]`. Only numbers are taken. Null where the text does not tell.
 */
export function validationCounts(text: string | null): ValidationCounts {
  const counts: ValidationCounts = { unknown_dimension_rows: null, duplicate_rows: null };
  if (text === null || text.length > VALIDATION_LENGTH_MAX) return counts;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A text of another form tells nothing.
    return counts;
  }
  // Some loaders write the document as a string within the document.
  if (typeof value === 'string') return value.length < text.length ? validationCounts(value) : counts;
  new Reader(counts).read(value, 0);
  return counts;
}

class Reader {
  #left = VALUES_MAX;

  constructor(private readonly counts: ValidationCounts) {}

  read(value: unknown, depth: number): void {
    if (depth > DEPTH_MAX || this.#left-- <= 0 || typeof value !== 'object' || value === null) return;
    const entries = Object.entries(value).slice(0, VALUES_MAX);
    if (this.#readCheck(Object.fromEntries(entries))) return;
    for (const [key, inner] of entries) {
      const subject = subjectOf(key);
      const sum = subject === null ? null : sumOf(inner, depth);
      if (subject !== null && sum !== null) this.#add(subject, sum);
      else this.read(inner, depth + 1);
    }
  }

  /** `{"check": "unknown_members", "rows": 3}`: the name and the number stand beside each other. */
  #readCheck(entry: Readonly<Record<string, unknown>>): boolean {
    const name = NAMES.map((key) => entry[key]).find((value) => typeof value === 'string');
    const subject = name === undefined ? null : subjectOf(name);
    if (subject === null) return false;
    const count = VALUES.map((key) => entry[key]).map(countOf).find((value) => value !== null);
    if (count === undefined || count === null) return false;
    this.#add(subject, count);
    return true;
  }

  #add(subject: keyof ValidationCounts, count: number): void {
    this.counts[subject] = (this.counts[subject] ?? 0) + count;
  }
}

function subjectOf(name: string): keyof ValidationCounts | null {
  const folded = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().replace(/[^a-z]+/g, '_');
  if (DUPLICATE.test(folded)) return 'duplicate_rows';
  return UNKNOWN.test(folded) && DIMENSION.test(folded) ? 'unknown_dimension_rows' : null;
}

/** A count, or the sum of the counts within; null where there is none. */
function sumOf(value: unknown, depth: number): number | null {
  const own = countOf(value);
  if (own !== null || typeof value !== 'object' || value === null || depth > DEPTH_MAX) return own;
  const counts = Object.values(value).slice(0, VALUES_MAX).map((inner) => sumOf(inner, depth + 1)).filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
