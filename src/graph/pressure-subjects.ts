import type { Subject } from '../facts/subjects.js';
import type { SubjectInput } from './subject.js';

/** What holds the store up: sessions that hold vacuum back or are waited for, indexes that only reports use, statements that outgrow their bound. */
export function pressureSubjects(_input: SubjectInput): Subject[] {
  return [];
}
