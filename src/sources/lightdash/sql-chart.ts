import { legacyReferences } from '../../template/evidence-references.js';
import { fillHoles } from '../../template/holes.js';
import { refuseLength, type Neutralised } from '../../template/result.js';

/** The SQL of the SQL runner: `${lightdash.parameters.x}` and user attributes are put in when it runs. */
export function neutraliseSqlChart(text: string): Neutralised {
  return refuseLength(text) ?? fillHoles(text, legacyReferences(text).map(({ start, end, expression }) => ({ start, end, name: expression.slice(0, 100) })));
}
