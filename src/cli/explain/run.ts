import type { Finding } from '../../model/finding.js';
import type { Report } from '../../model/report.js';
import type { Rule } from '../../rules/rule.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { Scratch } from '../scratch.js';
import { seenSnapshot } from '../seen-snapshot.js';
import { givenTargets } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { ExplainOptions } from './options.js';

/** Fewer letters of a fingerprint are a word like any other. */
const FINGERPRINT_LENGTH_MIN = 6;

/** `tidemark explain`: findings that fit a word, whole. Throws UsageError, BundleError, ConfigurationError. */
export async function explain(context: CommandContext, what: string, bundles: readonly string[], options: ExplainOptions): Promise<ExitCode> {
  const { lifetime, output, progress, redactor } = context;
  const forms = formsOf('explain', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { prepared, snapshot } = await seenSnapshot(context, bundles, givenTargets(options), 'findings are explained');
  const [{ rulesFor }, { audit }] = await Promise.all([import('../judge.js'), import('../../audit.js')]);
  const rules = await rulesFor(prepared);
  progress.stage('judging');
  const scratch = new Scratch(lifetime.signal);
  const report = redactor.redactAll(await audit(snapshot, prepared.configuration, rules, toolVersion(), { signal: lifetime.signal, scratch: ({ engine }) => scratch.space(engine) }).finally(() => scratch.close()));
  lifetime.signal.throwIfAborted();
  progress.end();
  const found = report.findings.filter((finding) => fits(finding, what));
  if (found.length === 0) return nothing(context, what, rules, report);
  const [{ writeAnswer }, { explainPage }] = await Promise.all([import('../answer-forms.js'), import('./page.js')]);
  const { tool, takenAt } = report;
  await writeAnswer(context, forms, { lines: (page) => explainPage(page, found, bundles), json: () => ({ schemaVersion: 1, tool, takenAt, findings: found }), records: () => found.map((finding) => ({ type: 'finding', ...finding })) });
  return EXIT.clean;
}

/** Rules are meant whole, names by a part of them. */
function fits({ ruleId, consumer, relation, partialFingerprints }: Finding, what: string): boolean {
  if (ruleId === what) return true;
  if (what.length >= FINGERPRINT_LENGTH_MIN && partialFingerprints.boundary.startsWith(what.toLowerCase())) return true;
  const pattern = what.includes('*') ? what : `*${what}*`;
  return like(consumer, pattern) || like(relation, pattern);
}

/** A rule without a finding is an answer; a name that nothing has is none. */
function nothing({ output }: CommandContext, what: string, rules: readonly Rule[], { findings, gaps }: Report): ExitCode {
  const rule = rules.find(({ id, aliases }) => id === what || aliases.includes(what));
  const unseen = gaps.length === 0 ? '' : ', and not everything could be looked at';
  if (rule !== undefined) {
    output.note(`${rule.id} found nothing here${unseen}; tidemark rules show ${rule.id} says what it looks for`);
    return gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
  }
  const names = [...new Set([...rules.map(({ id }) => id), ...findings.flatMap(({ consumer, relation }) => [consumer, relation])])].filter((name) => name !== '');
  const nearest = nearestName(what, names);
  throw new UsageError(`no finding fits '${plainText(what, 200)}'${unseen}${nearest === null ? '' : `; did you mean '${plainText(nearest, 200)}'?`}`, 'tidemark audit lists the findings, tidemark rules the rules');
}
