import type { SampleFailure, SampleFrame } from '../model/sample.js';
import { PROBES, type ProbeId, type Sample } from '../probes/index.js';

export function isProbeId(id: string): id is ProbeId {
  return Object.hasOwn(PROBES, id);
}

export type Frame = SampleFrame & { probe: ProbeId };

/**
 * The sample of a run that got an answer.
 * @throws ZodError where the answer has not the form that its probe promises.
 */
export function answered(frame: Frame, payload: unknown): Sample {
  return checked({ ...frame, payload: PROBES[frame.probe].payload.parse(payload), failure: null });
}

/** The sample of a run that got none. */
export function failed(frame: Frame, failure: SampleFailure): Sample {
  return checked({ ...frame, payload: null, failure });
}

type Candidate = Frame & ({ payload: unknown; failure: null } | { payload: null; failure: SampleFailure });

function checked(candidate: Candidate): Sample {
  if (belongs(candidate)) return candidate;
  throw new Error(`${candidate.probe} is no probe`);
}

/** Only for answers that the schema of their own probe has parsed: which of them it was, types cannot follow. */
function belongs(candidate: Candidate): candidate is Sample {
  return isProbeId(candidate.probe);
}
