import type { Stabilisation, StepState } from '../model/review.js';
import { count } from '../text/quantity.js';
import { type Concept, conceptsOf } from './concepts.js';
import type { Look } from './input.js';
import { CELLS } from './steps.js';

/**
 * The seven steps for each business concept. The article names the parts ("the smallest architecture that is sane") without numbering
 * them: the order is that in which each step needs the one before.
 */
export const STEPS: Stabilisation['steps'] = [
  'Name the authority', 'Choose the path and write it down', 'Land raw and never change it', 'Curate with grain and types', 'Define each metric once', 'Check and reconcile', 'Promise compatibility',
].map((title, index) => ({ number: index + 1, title }));

/** A matrix of concepts and steps. No cell is done without evidence, and what could not be seen is unknown. */
export function stabilisationOf(look: Look): Stabilisation {
  const concepts = conceptsOf(look);
  const rows = concepts.map((concept) => ({ name: concept.name, via: concept.via, cells: cellsOf(concept, look) }));
  const done = rows.length === 0 ? 0 : STEPS.filter(({ number }) => rows.every(({ cells }) => cells[number - 1]?.state === 'done')).length;
  return { steps: STEPS, concepts: rows, done, next: nextOf(rows) };
}

function cellsOf(concept: Concept, look: Look): StepState[] {
  return CELLS.map((cell, index) => ({ step: index + 1, ...cell(concept, look) }));
}

/** The first step that some concept has not taken: what is known to be open before what could not be seen. */
function nextOf(rows: Stabilisation['concepts']): string {
  if (rows.length === 0) return 'Name the critical business concepts under concepts: in tidemark.yaml';
  for (const state of ['open', 'unknown'] as const) {
    for (const { number, title } of STEPS) {
      const names = rows.filter(({ cells }) => cells[number - 1]?.state === state).map(({ name }) => name);
      if (names.length === 0) continue;
      const whom = `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${count(names.length - 4, 'other')}` : ''}`;
      return state === 'open' ? `Step ${number}: ${title.toLowerCase()} for ${whom}` : `Step ${number}: find out whether it is taken for ${whom}`;
    }
  }
  return 'Every step is taken for every concept';
}
