import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { addTargetOptions } from '../target-options.js';

export type ExplainOptions = Partial<Targets>;

/** What `tidemark explain` takes. */
export function addExplainOptions(command: Command): Command {
  return addTargetOptions(
    command
      .argument('<what>', 'a fingerprint or its beginning, a rule id, or a part of the name of a consumer or relation')
      .argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'),
  ).addHelpText('after', `
Examples:
  tidemark explain metric-definitions-differ casework.tidemark
  tidemark explain "metabase card 101" casework.tidemark
  tidemark explain app.case_file -c tidemark.yaml
  tidemark explain 4f0c61d2 casework.tidemark

Judges like audit and shows each finding that fits, whole: all its evidence, all
its places, what joins it to the statistics, its fingerprint, and the commands
that go on from there. Fingerprints stand in --format json of audit.

Exit codes:
  0  shown
  2  nothing of that name, wrong usage, or a fault of tidemark
  3  nothing of that name, and not everything could be looked at`);
}
