import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../config/quantity.js';

/** Seconds of a flag's value. Throws InvalidArgumentError. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null || seconds <= 0) throw new InvalidArgumentError('It must be a duration such as 30s or 5min.');
  return seconds;
}
