import type { CorrectnessLevel, DecisionType, TruthDomain } from '../model/classified-consumer.js';

/** Words of titles, dashboards, folders and descriptions that tell a decision type, the surest first. Whole words, lower case; `*` at the end takes any ending. */
interface Vocabulary<T> {
  value: T;
  words: string;
  confidence: number;
}

/** Proposed, and below what rules speak from. */
export const WEAK = 0.6;

/** Part 066 §2, its examples and what titles in several languages call them. */
export const DECISION_WORDS: readonly Vocabulary<DecisionType>[] = [
  { value: 'regulatory-report', confidence: 0.85, words: 'regulatory regulator statutory official filing submission sox audit-pack audit-package audit-report audit-evidence compliance-report compliance-return tax-return tax-statement vat-return vat-statement filed-with aml-report steuermeldung aufsicht réglementaire regulatorio laporan-resmi month-end month_end year-end year_end financial-close ledger-control' },
  { value: 'ml-features', confidence: 0.85, words: 'feature-store feature-table ml-features model-features training-set training_set embedding* model-scoring model-input churn-score churn_score churn-prediction' },
  { value: 'product-analytics', confidence: 0.8, words: 'funnel user-retention customer-retention retention-curve retention-by cohort* conversion-rate conversion-funnel clickstream pageview* user-sessions web-sessions experiment* a/b dau mau wau' },
  { value: 'investigation-analytics', confidence: 0.75, words: 'investigation fraud anomal* suspicious outlier* duplicate* lookup forensic* risk-pattern audit-trail erasure find search' },
  { value: 'near-real-time-monitoring', confidence: 0.75, words: 'live realtime real-time floor wallboard queue* backlog waiting overdue sla breach* monitoring health freshness lag outbox now today status-board heute warteschlange file-d-attente cola antrian operations' },
  { value: 'management-reporting', confidence: 0.75, words: 'monthly weekly quarterly yearly annual manager* leadership revenue volume trend* kpi kpis board executive management finance sales average report overview summary budget turnover monat* umsatz mensuel* chiffre ventas bulanan by-month' },
  { value: 'operational-read', confidence: 0.7, words: 'worklist task-list list detail callback call-back reference directory to-call callers sheet contact* register' },
  // Words of what a product does as often as of what is submitted: a queue of KYC reviews, a job board. They tell a report only where the file is one.
  { value: 'regulatory-report', confidence: WEAK, words: 'compliance audit auditor submitted gdpr kyc aml vat tax steuer meldung fiscal' },
  { value: 'ml-features', confidence: WEAK, words: 'features scoring prediction*' },
  { value: 'product-analytics', confidence: WEAK, words: 'retention activation onboarding conversion sessions variant* engagement' },
];

/** Part 066 §15: what raises or lowers the level that the decision type alone would ask for. */
export const LEVEL_WORDS: readonly Vocabulary<CorrectnessLevel>[] = [
  { value: 'legal-evidence', confidence: 0.8, words: 'evidence legal court case-audit litigation disclosure beweis preuve' },
  { value: 'financial-regulatory', confidence: 0.75, words: 'official statutory regulatory submission financial-close month-end month_end year-end year_end general-ledger audit-pack audit-package audit-report compliance-report board-pack board-report board-meeting board-of-directors' },
  { value: 'exploratory', confidence: 0.75, words: 'ad-hoc adhoc scratch exploration exploratory sandbox playground temp tmp draft untitled' },
  { value: 'financial-regulatory', confidence: WEAK, words: 'ledger audit compliance board' },
];

export const DOMAIN_WORDS: readonly Vocabulary<TruthDomain>[] = [
  { value: 'experimental', confidence: 0.8, words: 'experiment* exposure* assignment* treatment* variant* a/b bucket-test' },
  { value: 'observational', confidence: 0.75, words: 'clickstream pageview* page_view* log logs trace* event_log web_event* tracking telemetry' },
];

/** The first entry of which a word stands in a text, with that word. */
export function wordIn<T>(vocabulary: readonly Vocabulary<T>[], text: string): { value: T; word: string; confidence: number } | null {
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const joined = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  for (const { value, words: known, confidence } of vocabulary) {
    for (const word of known.split(' ')) {
      const spoken = word.replace(/[-_/]/g, ' ');
      const found = word.endsWith('*') ? [...words].some((one) => one.startsWith(word.slice(0, -1))) : joined.includes(` ${spoken} `);
      if (found) return { value, word: spoken.replace('*', ''), confidence };
    }
  }
  return null;
}
