/**
 * The commands, in the order of the help. Each is a file of its name in `commands/`, which is only loaded when it runs,
 * so that the help needs none of them.
 */
export const COMMANDS: readonly { name: string; summary: string; /** Left out where few lines must do; the help has it. */ isRare?: boolean }[] = [
  { name: 'demo', summary: 'audit an example estate that tidemark brings along' },
  { name: 'init', summary: 'look at a system and write tidemark.yaml, guesses marked as guesses' },
  { name: 'doctor', summary: 'what can be looked at and what not, with the SQL that mends it' },
  { name: 'audit', summary: 'look at stores and dashboards, or at a bundle of them, and report' },
  { name: 'review', summary: 'the boundary review: score, consumers, 25 questions, decisions, as HTML or Markdown' },
  { name: 'explain', isRare: true, summary: 'findings of one rule, consumer or relation, whole, and how to go on' },
  { name: 'check', summary: 'judge a change in CI against a bundle, without credentials: only what is new fails' },
  { name: 'baseline', isRare: true, summary: 'write, prune or show what stood before, which check does not fail for' },
  { name: 'compare', isRare: true, summary: 'two bundles or reports: what became better, what worse' },
  { name: 'workload', summary: 'which statements are operational or analytical, why, and their share' },
  { name: 'metrics', summary: 'which dashboards claim one metric, whether they agree, and on which rows not' },
  { name: 'privacy', summary: 'columns of personal data and secrets: where they arrive, and what is left of them' },
  { name: 'impact', summary: 'what migrations break or silently change, for whom, and in which safe order' },
  { name: 'plan', summary: 'findings as work: what first, how long, what it gains, whose it is' },
  { name: 'fix', summary: 'SQL to run by hand: contracts, guardrails, privacy, semantic views; rows to load anew' },
  { name: 'reconcile', summary: 'compare both sides of pairs of relations, to the key and the column' },
  { name: 'report-run', isRare: true, summary: 'record an official report so that it can be made again, verify, approve, revoke' },
  { name: 'watch', summary: 'the live screen: lag, freshness, reconciliation, workload' },
  { name: 'serve', summary: 'the same for Prometheus, and messages on changes of state' },
  { name: 'collect', summary: 'write what an audit needs to a bundle, to be audited elsewhere' },
  { name: 'sources', isRare: true, summary: 'every query of dashboards, reports and code: place, owner, problems' },
  { name: 'inspect', isRare: true, summary: 'what is understood of one SQL text: tables, lineage, masking, class' },
  { name: 'rules', summary: 'list, show and test the rules' },
  { name: 'schema', isRare: true, summary: 'print the JSON Schema of tidemark.yaml' },
];

export const PURPOSE = 'tidemark audits and watches the boundary between an operational database and its analytics.';

export const EXAMPLES = [
  'tidemark demo',
  'tidemark audit --postgres postgresql://audit_ro@db.example/casework --dashboards exports/',
  'tidemark watch -c tidemark.yaml',
];
