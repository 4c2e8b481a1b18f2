import type { Command } from 'commander';
import { addComparisonOptions } from '../../reconcile/options.js';

/** What `tidemark fix reload` takes. */
export function addReloadOptions(command: Command): Command {
  return addComparisonOptions(command, false).addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark fix reload orders
  tidemark fix reload -c tidemark.yaml --show-keys -o reload.sql

Compares as tidemark reconcile does, and prints for each pair with confirmed
differences what would mend it: the rows to take out of the source, and delete
and insert on the target. Nothing is run on a store, and no row is fetched.
Statements name rows by key up to 1,000 of them, then by business period, then
the whole relation. docs/fix.md is the contract of --format json and ndjson.

Exit codes:
  0  printed, or every pair is equal
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  a pair could not be compared or confirmed, or has no statement`;
