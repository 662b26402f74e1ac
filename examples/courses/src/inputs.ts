import { z } from 'zod';

/** An id that people choose, such as a course's code or a student's number. */
const id = z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'must be 1 to 40 letters, digits and dashes');

export const courseId = id.describe('The code of a course: MATH-101.');
export const studentId = id.describe('The number of a student: S-4711.');
export const capacity = z.int().min(1).max(10_000).describe('How many students fit in.');
export const courseLimit = z.int().min(0).max(100).describe('How many courses a student may take at a time.');
