import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { addTargetOptions } from '../target-options.js';

export interface ReviewOptions extends Partial<Targets> {
  html?: string;
  markdown?: string;
  previous?: string;
  title?: string;
  answers?: string;
  writeQuestions?: boolean;
  all?: boolean;
}

/** What `tidemark review` takes. */
export function addReviewOptions(command: Command): Command {
  return addTargetOptions(command.argument('[bundle]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--html <file>', 'write the whole review as one page that needs no network and can be printed')
    .option('--markdown <file>', 'write the whole review as Markdown')
    .option('--previous <file>', 'the review before, as HTML or JSON: what became better and what worse')
    .option('--title <text>', 'what is reviewed; default: that of the configuration, else the names of the stores')
    .option('--answers <file>', 'what people answered; default: tidemark.review.yaml beside the configuration')
    .option('--write-questions', 'add the open questions to that file, as comments to fill in; nothing in it is changed')
    .option('--all', 'do not cut long lists')
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark review casework.tidemark --html review.html
  tidemark review -c tidemark.yaml --markdown review.md --title "Casework, autumn"
  tidemark review june.tidemark --previous march.html --html june.html
  tidemark review casework.tidemark --write-questions

The score is the mean of 25 questions in six areas. Evidence answers most of
them; what only people know is asked in the file of answers, and asked again
when an answer is old. docs/review.md says how each is answered, and is the
contract of --format json.

Exit codes:
  0  looked at everything, found nothing at or above --fail-on
  1  found something at or above --fail-on
  2  wrong usage, an unusable configuration or file, or a fault of tidemark
  3  found nothing at or above --fail-on, but could not look at everything`;
