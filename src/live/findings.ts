import type { FindingView, ProductView } from '../model/live.js';
import type { PayloadOf } from '../probes/index.js';
import { plainText } from '../text/plain-text.js';
import { formatQuantity } from '../text/quantity.js';

/** What the audits found, and which of it the first of them had not. */
export class AuditFindings {
  #baseline: Set<string> | null = null;
  #findings: FindingView[] = [];
  readonly #since = new Map<string, number>();

  accept(audit: PayloadOf<'audit'>, at: number): void {
    const baseline = (this.#baseline ??= new Set(audit.findings.map(({ fingerprint }) => fingerprint)));
    this.#findings = audit.findings.map(({ fingerprint, ...finding }) => {
      const since = this.#since.get(fingerprint) ?? at;
      this.#since.set(fingerprint, since);
      return { ...finding, cost: '', is_new: !baseline.has(fingerprint), since };
    });
  }

  view(products: readonly ProductView[]): FindingView[] {
    return [...products.flatMap(productFindings), ...this.#findings];
  }
}

/** What a data product says of itself and is not so: claims 44 and 45 of the article's freshness contract. */
function productFindings(product: ProductView): FindingView[] {
  const name = plainText(product.name, 80);
  const common = { subject: name, owner: null, cost: '', is_new: false, since: null };
  const age = product.age_seconds === null ? '' : (formatQuantity(product.age_seconds, 'seconds') ?? '');
  const findings: FindingView[] = [];
  if (product.status_lies) {
    findings.push({
      ...common,
      rule: 'freshness-status-lies',
      level: 'error',
      message: `${name} says ${plainText(product.reported_status ?? '', 20)}, and its data is ${age} old`,
      evidence: [product.cause],
      why: 'Who reads the status column believes that the data is fresh. Staleness that nobody sees is a correctness bug.',
      fix: 'Let the pipeline derive the status from the age of the source watermark, not from the success of the last load.',
    });
  }
  if (product.load_without_progress) {
    findings.push({
      ...common,
      rule: 'freshness-load-without-progress',
      level: 'error',
      message: `loads of ${name} succeed, and its source watermark stands still`,
      evidence: [product.cause],
      why: 'A load that succeeded is not fresh data: it may have read nothing, or an old copy of the source.',
      fix: 'Look at what the loader reads from: a stopped replica, a lost slot, an extract that is not written any more. Let the load fail when the watermark does not move while the source does.',
    });
  }
  return findings;
}
