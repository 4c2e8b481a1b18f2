import type { WorkloadClass } from '../../model/workload.js';

export interface Verdict {
  class: WorkloadClass;
  /** 0 to 1. */
  confidence: number;
  /** In words, the weightiest first. */
  reasons: string[];
}

export function operational(confidence: number, ...reasons: string[]): Verdict {
  return { class: 'operational', confidence, reasons };
}

export function analytical(confidence: number, ...reasons: string[]): Verdict {
  return { class: 'analytical', confidence, reasons };
}

export function mixed(confidence: number, ...reasons: string[]): Verdict {
  return { class: 'mixed', confidence, reasons };
}

export function unknown(...reasons: string[]): Verdict {
  return { class: 'unknown', confidence: 0, reasons };
}
