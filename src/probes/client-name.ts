import { findPersonalData } from '../privacy/literal.js';

/**
 * What a client calls itself, as a sample may keep it: the name is free text, and some put their address into it. In place of
 * personal data and secrets stands their kind: `psql ‹email›`.
 */
export function clientName(name: string): string {
  let text = '';
  let end = 0;
  for (const span of findPersonalData(name)) {
    text += `${name.slice(end, span.start)}‹${span.kind}›`;
    end = span.end;
  }
  return text + name.slice(end);
}
