import type { Targets } from '../../../config/defaults.js';
import type { Report } from '../../../model/report.js';
import { like } from '../../../text/glob.js';
import type { CommandContext } from '../../command.js';
import { EXIT, type ExitCode } from '../../exit-code.js';
import { formsOf } from '../../forms.js';
import { seenSnapshot } from '../../seen-snapshot.js';
import { givenTargets } from '../../targets.js';
import { UsageError } from '../../usage-error.js';
import { toolVersion } from '../../version.js';
import { personalColumns } from '../personal-columns.js';
import type { RemedyAnswer, RemedyGroup } from './answer.js';
import type { RemedyKind, RemedyOptions } from './options.js';

/** `tidemark fix guardrails|privacy|semantic`: the findings of one kind as SQL for a person to run. Throws UsageError, BundleError, ConfigurationError. */
export async function fixFindings(context: CommandContext, kind: RemedyKind, bundles: readonly string[], options: RemedyOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf(`fix ${kind}`, context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const targets = givenTargets(options);
  const found = kind === 'semantic' ? await metricsOf(context, bundles, targets) : await findingsOf(context, kind, bundles, targets);
  const answer: RemedyAnswer = redactor.redactAll({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, kind, ...found, groups: chosen(found.groups, options) });
  progress.end();
  const [{ writeAnswer }, { remedyScript }] = await Promise.all([import('../../answer-forms.js'), import('./script.js')]);
  await writeAnswer(context, forms, { lines: () => remedyScript(answer), json: () => answer, records: () => answer.groups.map((group) => ({ type: 'group', ...group })) });
  return answer.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

type Found = Pick<RemedyAnswer, 'takenAt' | 'groups' | 'gaps' | 'assumptions'>;

async function findingsOf(context: CommandContext, kind: 'guardrails' | 'privacy', bundles: readonly string[], targets: Partial<Targets>): Promise<Found> {
  const { lifetime, progress } = context;
  const { prepared, snapshot } = await seenSnapshot(context, bundles, targets, 'SQL is printed');
  const [{ rulesFor }, { auditWithJoin }, { guardrailRemedies }, { privacyRemedies }] = await Promise.all([import('../../judge.js'), import('../../../audit.js'), import('./guardrails.js'), import('./privacy.js')]);
  progress.stage('judging');
  const rules = await rulesFor(prepared);
  const { report, boundaries } = await auditWithJoin(snapshot, prepared.configuration, rules, toolVersion(), { signal: lifetime.signal });
  lifetime.signal.throwIfAborted();
  const groups = kind === 'guardrails' ? guardrailRemedies(report, snapshot) : privacyRemedies(report, boundaries, personalColumns(boundaries, snapshot, prepared.configuration));
  return { ...about(report, prepared.assumptions), groups };
}

async function metricsOf(context: CommandContext, bundles: readonly string[], targets: Partial<Targets>): Promise<Found> {
  const [{ lookAtMetrics }, { semanticRemedies }] = await Promise.all([import('../../metrics/look.js'), import('./semantic.js')]);
  const { answer } = await lookAtMetrics(context, bundles, targets);
  return { ...about(answer, []), groups: semanticRemedies(answer.groups) };
}

function about({ takenAt, gaps, assumptions }: Pick<Report, 'takenAt' | 'gaps' | 'assumptions'>, more: readonly string[]): Omit<Found, 'groups'> {
  return { takenAt, gaps, assumptions: [...more, ...assumptions] };
}

/** A pattern that chooses nothing is answered with what there is: an empty script would look like a clean system. */
function chosen(groups: readonly RemedyGroup[], { role, relation, metric, store }: RemedyOptions): RemedyGroup[] {
  const subject = relation ?? metric ?? (role === undefined ? undefined : `role ${role}`);
  const kept = groups.filter((group) => (store === undefined || like(group.store, store)) && (subject === undefined || like(group.subject, subject)));
  if (kept.length > 0 || groups.length === 0 || (subject === undefined && store === undefined)) return kept;
  const names = [...new Set(groups.map((group) => (subject === undefined ? group.store : group.subject.replace(/^role /, ''))))];
  throw new UsageError(`nothing to mend fits '${role ?? relation ?? metric ?? store ?? ''}'`, `there is: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`);
}
