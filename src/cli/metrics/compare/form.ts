import type { MetricComparison } from '../../../model/metric-verdict.js';

/** What a program reads of a verdict. Fields are added, never changed. */
export interface ComparisonForm {
  verdict: MetricComparison['verdict'];
  kind: MetricComparison['kind'];
  /** Only where it is so. */
  cosmetic?: true;
  /** Constraints as texts. */
  restsOn: string[];
  underAsserted: string[];
  witness: MetricComparison['witness'];
  region: MetricComparison['region'];
  bound: MetricComparison['bound'];
  by: MetricComparison['by'];
  why: string;
}

export function comparisonForm({ cosmetic, restsOn, underAsserted, ...rest }: MetricComparison): ComparisonForm {
  return { ...rest, ...(cosmetic && { cosmetic }), restsOn: restsOn.map(({ text }) => text), underAsserted: underAsserted.map(({ text }) => text) };
}

/** The form of what could not be compared at all. */
export function notCompared(why: string): ComparisonForm {
  return { verdict: 'undecided', kind: null, restsOn: [], underAsserted: [], witness: null, region: null, bound: null, by: 'none', why };
}

/** The form as it is printed: parents stand before children, and rows keep that order. */
export function printed<T extends Pick<ComparisonForm, 'witness'>>(form: T): Omit<T, 'witness'> & { witness: unknown } {
  return { ...form, witness: form.witness && { ...form.witness, rows: new Map(Object.entries(form.witness.rows)) } };
}

/** A fault as a sentence; one that begins with the name of a field or file keeps it as it is. */
export function sentence(fault: string): string {
  const [first = ''] = fault.split(' ');
  return /^\p{Ll}+$/u.test(first) ? `${first.charAt(0).toUpperCase()}${fault.slice(1)}.` : `${fault}.`;
}
