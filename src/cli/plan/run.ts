import type { BacklogItem } from '../../model/backlog.js';
import { like } from '../../text/glob.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { Scratch } from '../scratch.js';
import { seenSnapshot } from '../seen-snapshot.js';
import { givenTargets } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { PlanAnswer } from './answer.js';
import type { PlanOptions } from './options.js';

/** `tidemark plan`: the findings as work, most urgent first. Throws UsageError, BundleError, ConfigurationError. */
export async function plan(context: CommandContext, bundles: readonly string[], options: PlanOptions): Promise<ExitCode> {
  const { lifetime, output, progress, redactor } = context;
  const forms = formsOf('plan', context.options);
  for (const file of [...forms.map(({ file: own }) => own), options.markdown ?? null]) if (file !== null) await output.refuseUnwritable(file);
  const { prepared, snapshot } = await seenSnapshot(context, bundles, givenTargets(options), 'work is planned');
  const { configuration } = prepared;
  const [{ rulesFor }, { auditWithJoin }, { backlog }] = await Promise.all([import('../judge.js'), import('../../audit.js'), import('../../plan/index.js')]);
  const rules = await rulesFor(prepared);
  progress.stage('judging');
  const scratch = new Scratch(lifetime.signal);
  const { report, boundaries, consumers } = await auditWithJoin(snapshot, configuration, rules, toolVersion(), { signal: lifetime.signal, scratch: ({ engine }) => scratch.space(engine) }).finally(() => scratch.close());
  lifetime.signal.throwIfAborted();
  const all = backlog({ report, consumers, boundaries, configuration });
  const answer: PlanAnswer = redactor.redactAll({
    schemaVersion: 1, tool: report.tool, takenAt: report.takenAt, stores: report.stores.map(({ name, role, engine }) => ({ name, role, engine })), items: chosen(all, options),
    findings: { total: report.findings.length, planned: new Set(all.flatMap(({ findings }) => findings)).size }, gaps: [...report.gaps, ...scratch.gaps], assumptions: [...prepared.assumptions, ...report.assumptions],
  });
  progress.end();
  const [{ writeAnswer }, { planPage }, { planMarkdown }] = await Promise.all([import('../answer-forms.js'), import('./page.js'), import('./markdown.js')]);
  if (options.markdown !== undefined) await output.printOrWrite(planMarkdown(answer), options.markdown);
  await writeAnswer(context, forms, { lines: (page) => planPage(page, answer, { all: options.all ?? false, quiet: context.options.quiet, targets: bundles }), json: () => answer, records: () => answer.items.map((item) => ({ type: 'item', ...item })) });
  return answer.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

/** Who asks for work of one owner and gets none is told whose there is. */
function chosen(items: readonly BacklogItem[], { owner, phase }: PlanOptions): BacklogItem[] {
  const kept = items.filter((item) => (owner === undefined || (item.owner !== null && like(item.owner, owner))) && (phase === undefined || item.phase === phase));
  if (kept.length > 0 || owner === undefined || items.some((item) => item.owner !== null && like(item.owner, owner))) return kept;
  const owners = [...new Set(items.flatMap((item) => item.owner ?? []))].sort();
  throw new UsageError(`no work belongs to '${owner}'`, owners.length === 0 ? 'nobody is known to own any' : `owners: ${owners.slice(0, 12).join(', ')}${owners.length > 12 ? ` and ${owners.length - 12} more` : ''}`);
}
