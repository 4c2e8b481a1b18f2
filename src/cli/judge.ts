import type { Report } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Rule } from '../rules/rule.js';
import type { CommandContext } from './command.js';
import { exitCodeOfAudit, type ExitCode } from './exit-code.js';
import type { Destination } from './output.js';
import { Scratch } from './scratch.js';
import type { Prepared } from './targets.js';
import { toolVersion } from './version.js';

/** A look that is done, with all that judgement needs. */
export interface Looked {
  prepared: Prepared;
  rules: Rule[];
  snapshot: Snapshot;
}

/** The bundled rules and those of the configuration, whose levels must name rules that exist. Throws RuleError. */
export async function rulesFor({ configuration, checkRuleIds }: Prepared): Promise<Rule[]> {
  const { loadRules } = await import('../rules/load.js');
  const rules = await loadRules({ folders: configuration.ruleFolders });
  checkRuleIds(rules.flatMap((rule) => [rule.id, ...rule.aliases]));
  return rules;
}

/** Judges and writes the reports; `all` as in RenderOptions, `thorough` as in AuditOptions. Returns the exit code that the report asks for. */
export async function judgeAndReport(
  context: CommandContext,
  { prepared, rules, snapshot }: Looked,
  destinations: Destination[],
  { all, thorough }: { all: boolean; thorough: boolean },
): Promise<ExitCode> {
  const { lifetime, options, output, progress, redactor } = context;
  progress.stage('judging');
  const { audit } = await import('../audit.js');
  const scratch = new Scratch(lifetime.signal);
  const judged = await audit(snapshot, prepared.configuration, rules, toolVersion(), { thorough, signal: lifetime.signal, scratch: ({ engine }) => scratch.space(engine) }).finally(() => scratch.close());
  lifetime.signal.throwIfAborted();
  const report: Report = redactor.redactAll({ ...judged, gaps: [...judged.gaps, ...scratch.gaps], assumptions: [...prepared.assumptions, ...judged.assumptions] });
  progress.end();
  await output.writeReport(report, destinations, all);
  return exitCodeOfAudit(report, options.failOn);
}
