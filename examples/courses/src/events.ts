import { defineEvents } from 'tidemark';
import { z } from 'zod';

const courseId = z.string();
const studentId = z.string();

/** The tag of everything about a course. */
export function courseTag(id: string): string {
  return `course:${id}`;
}

/** The tag of everything about a student. */
export function studentTag(id: string): string {
  return `student:${id}`;
}

type OfCourse = { readonly courseId: string };
type OfStudent = { readonly studentId: string };

const ofCourse = (data: OfCourse) => [courseTag(data.courseId)];
const ofStudent = (data: OfStudent) => [studentTag(data.studentId)];
/** A subscription is a fact about both: neither owns it. */
const ofBoth = (data: OfCourse & OfStudent) => [courseTag(data.courseId), studentTag(data.studentId)];

/** The facts of this domain. */
export const courseEvents = defineEvents({
  CourseDefined: { schema: z.object({ courseId, title: z.string(), capacity: z.int() }), tags: ofCourse },
  CourseCapacityChanged: { schema: z.object({ courseId, capacity: z.int() }), tags: ofCourse },
  StudentRegistered: {
    schema: z.object({ studentId, name: z.string(), courseLimit: z.int() }),
    tags: ofStudent,
  },
  StudentLimitChanged: { schema: z.object({ studentId, courseLimit: z.int() }), tags: ofStudent },
  StudentSubscribed: { schema: z.object({ courseId, studentId }), tags: ofBoth },
  StudentUnsubscribed: { schema: z.object({ courseId, studentId }), tags: ofBoth },
});
