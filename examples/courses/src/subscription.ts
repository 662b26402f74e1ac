import { defineDecider, pickEvents, refuse } from 'tidemark';
import { z } from 'zod';
import { courseEvents, courseTag, studentTag } from './events.js';
import { courseId, studentId } from './inputs.js';

const both = z.object({ courseId, studentId });

/** The two whom a subscription is about. The boundary also has the course's other students, and the student's other courses. */
type Subscribing = {
  readonly course: { readonly id: string; readonly capacity: number; readonly taken: number } | null;
  readonly student: {
    readonly id: string;
    readonly limit: number;
    readonly courses: readonly string[];
  } | null;
};

const nobody: Subscribing = { course: null, student: null };

/**
 * A student takes a place in a course: one decision about two entities, and neither may be over its limit. Its boundary is
 * all events of both, so it is decided anew when anything about either has changed in the meantime, and only then.
 */
export const subscribing = defineDecider({
  name: 'subscribing',
  events: courseEvents,
  inputs: { subscribeStudent: both },
  subject: ({ input }) => input.courseId,
  boundary: ({ input }) => [{ tags: [courseTag(input.courseId)] }, { tags: [studentTag(input.studentId)] }],
  initial: nobody,
  evolve: {
    CourseDefined: (state, { courseId: id, capacity }) => ({ ...state, course: { id, capacity, taken: 0 } }),
    CourseCapacityChanged: ({ course, student }, { capacity }) => ({
      student,
      course: course && { ...course, capacity },
    }),
    StudentRegistered: (state, { studentId: id, courseLimit: limit }) => ({
      ...state,
      student: { id, limit, courses: [] },
    }),
    StudentLimitChanged: ({ course, student }, { courseLimit: limit }) => ({
      course,
      student: student && { ...student, limit },
    }),
    StudentSubscribed: ({ course, student }, { courseId, studentId }) => ({
      course: course?.id === courseId ? { ...course, taken: course.taken + 1 } : course,
      student: student?.id === studentId ? { ...student, courses: [...student.courses, courseId] } : student,
    }),
    StudentUnsubscribed: ({ course, student }, { courseId, studentId }) => ({
      course: course?.id === courseId ? { ...course, taken: course.taken - 1 } : course,
      student:
        student?.id === studentId
          ? { ...student, courses: student.courses.filter((id) => id !== courseId) }
          : student,
    }),
  },
  decide: {
    subscribeStudent: ({ course, student }, { input }) => {
      if (course === null)
        return refuse('COURSE_NOT_FOUND', 'There is no course with this code.', ['courseId']);
      if (student === null)
        return refuse('STUDENT_NOT_FOUND', 'There is no student with this number.', ['studentId']);
      if (student.courses.includes(course.id))
        return refuse('ALREADY_SUBSCRIBED', 'The student has a place in this course.');
      if (course.taken >= course.capacity)
        return refuse('COURSE_FULL', `All ${course.capacity} places are taken.`, ['courseId']);
      if (student.courses.length >= student.limit)
        return refuse('STUDENT_LIMIT', `The student may take ${student.limit} courses at a time.`, [
          'studentId',
        ]);
      return [{ type: 'StudentSubscribed', data: input }];
    },
  },
});

/** Whether this student has a place in this course. */
type Unsubscribing = { readonly subscribed: boolean };

const outside: Unsubscribing = { subscribed: false };

/**
 * A student gives a place back. That depends on nothing but whether they have it: on the events that carry both tags. What
 * others do to the course or to the student does not matter.
 */
export const unsubscribing = defineDecider({
  name: 'unsubscribing',
  events: pickEvents(courseEvents, 'StudentSubscribed', 'StudentUnsubscribed'),
  inputs: { unsubscribeStudent: both },
  subject: ({ input }) => input.courseId,
  boundary: ({ input }) => [{ tags: [courseTag(input.courseId), studentTag(input.studentId)] }],
  initial: outside,
  evolve: {
    StudentSubscribed: () => ({ subscribed: true }),
    StudentUnsubscribed: () => ({ subscribed: false }),
  },
  decide: {
    unsubscribeStudent: ({ subscribed }, { input }) =>
      subscribed ? [{ type: 'StudentUnsubscribed', data: input }] : [],
  },
});
