import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addReviewOptions, type ReviewOptions } from '../review/options.js';

export function register(command: Command, act: Act): void {
  addReviewOptions(command).action((bundle: string | undefined, options: ReviewOptions) => act(async (context) => (await import('../review/run.js')).runReview(context, bundle, options)));
}
