import type { Command } from 'commander';
import { parseDuration } from '../config/quantity.js';
import { UsageError } from './usage-error.js';

const SECONDS_MAX = 86_400;

/** The flag that asks for looking a while who runs what. */
export function addSampleOption(command: Command): Command {
  return command.option('--sample <duration>', 'look so long, four times a second, who runs which statement (PostgreSQL 14 and later), as in 60s');
}

/** @throws UsageError for what is no duration of a second to a day */
export function sampleSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds === null || seconds < 1 || seconds > SECONDS_MAX) {
    throw new UsageError(`--sample takes a duration from 1s to 1d, not '${text}'`, 'as in --sample 60s or --sample 10min');
  }
  return seconds;
}
