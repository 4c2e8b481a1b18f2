import { z } from 'zod';
import { parseDuration, parseSize } from './quantity.js';

export const name = z.string().min(1);
export const pattern = name.describe('a glob: * stands for any characters');
export const relation = z
  .string()
  .regex(/^[^.]+\.[^.]+$/, { error: 'must be schema.name' })
  .describe('schema.name');
export const share = z.number().min(0).max(1);

/** A number in the unit that `describe` names, or a text with a unit. */
function quantity(parse: (text: string) => number | null, example: string, unit: string) {
  const text = z.string().refine((value) => parse(value) !== null, { error: `must be a number of ${unit} or a text such as ${example}` });
  return z
    .union([z.number().nonnegative(), text], { error: `must be a number of ${unit} or a text such as ${example}` })
    .transform((value) => (typeof value === 'number' ? value : (parse(value) ?? 0)))
    .describe(`${unit}, or a text with a unit such as ${example}`);
}

export const size = quantity(parseSize, '64MiB', 'bytes');
export const duration = quantity(parseDuration, '2min', 'seconds');
/** A duration that must not be nothing. */
export const period = duration.refine((seconds) => seconds > 0, { error: 'must be longer than 0' });
