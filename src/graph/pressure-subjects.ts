import type { Subject } from '../facts/subjects.js';
import { growthSubjects } from './pressure/growth.js';
import { indexSubjects } from './pressure/index-use.js';
import { sessionSubjects } from './pressure/sessions.js';
import type { SubjectInput } from './subject.js';

/** What holds the store up: sessions that hold vacuum back or are waited for, indexes that only reports use, statements that outgrow their bound. */
export function pressureSubjects(input: SubjectInput): Subject[] {
  return [...sessionSubjects(input), ...indexSubjects(input), ...growthSubjects(input)];
}
