import type { Thresholds } from '../../model/thresholds.js';
import type { SqlStatement } from '../../model/syntax-tree.js';
import type { Rhythm, WorkloadClass } from '../../model/workload.js';
import type { Resolution } from '../../sql/resolution.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import type { Shape } from '../../sql/shape.js';
import type { CostFacts } from '../cost.js';
import { sharpenByCost } from './cost.js';
import { extentOf } from './extent.js';
import { type Sender, settleByIdentity } from './identity.js';
import { settleByRhythm } from './rhythm-verdict.js';
import { verdictOfShape } from './shape.js';
import { sizesOf } from './sizes.js';
import { verdictOfBeginning } from './truncated.js';

export interface Classification {
  class: WorkloadClass;
  /** 0 to 1. */
  confidence: number;
  /** In words, the weightiest first. */
  reasons: string[];
}

export interface ClassificationInput {
  statement: SqlStatement;
  shape: Shape;
  resolution: Resolution;
  index: SchemaIndex;
  thresholds: Thresholds;
  /** The whole text, which is looked at where it is cut off; absent where it is not at hand. */
  text?: string;
  /** What it cost; null without statistics. */
  cost: CostFacts | null;
  /** Bytes of tables without indexes and TOAST, by `schema.name`: what a scan reads. Where it is not known the whole size stands for it. */
  heap_bytes?: ReadonlyMap<string, number> | undefined;
  /** How it comes back; null where nothing tells. */
  rhythm: Rhythm | null;
  /** Who sends it; null where nothing tells. */
  sender: Sender | null;
}

/**
 * Whether a statement does operational or analytical work, by four signals. Its shape against the catalogue says what it does; what
 * it physically costs sharpens that and can overrule it; how it comes back and who sends it move the confidence, and settle only what
 * the first two leave open. Names of relations decide nothing.
 */
export function classify(input: ClassificationInput): Classification {
  const { statement, resolution, index, thresholds, text, cost, heap_bytes, rhythm, sender } = input;
  const extent = extentOf(statement, resolution.block, index, sizesOf(index, thresholds));
  const isCut = statement.type === 'utility' && statement.verb === 'truncated';
  const shape = isCut && text !== undefined ? verdictOfBeginning(text) : verdictOfShape(input, extent);
  // What an engine does not tell of its reads neither sharpens nor overrules.
  const sharpened = cost?.known === true && !Number.isNaN(cost.bytes_per_call) ? sharpenByCost(shape, { shape: input.shape, extent, index, thresholds, cost, heap_bytes }) : shape;
  const settled = settleByIdentity(settleByRhythm(sharpened, rhythm, extent), sender, extent, isCut && shape.class === 'unknown');
  return { ...settled, confidence: Math.min(0.99, Math.round(settled.confidence * 100) / 100) };
}
