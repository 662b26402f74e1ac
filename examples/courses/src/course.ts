import { defineDecider, pickEvents, refuse } from 'tidemark';
import { z } from 'zod';
import { courseEvents, courseTag } from './events.js';
import { capacity, courseId } from './inputs.js';

/** What decisions about a course alone need to know. */
type Course = { readonly capacity: number; readonly taken: number };

/** A course, by itself: who has its places does not matter here, how many are taken does. */
export const course = defineDecider({
  name: 'course',
  events: pickEvents(
    courseEvents,
    'CourseDefined',
    'CourseCapacityChanged',
    'StudentSubscribed',
    'StudentUnsubscribed',
  ),
  inputs: {
    defineCourse: z.object({ courseId, title: z.string().trim().min(1).max(200), capacity }),
    changeCapacity: z.object({ courseId, capacity }),
  },
  subject: ({ input }) => input.courseId,
  boundary: ({ input }) => [{ tags: [courseTag(input.courseId)] }],
  initial: null as Course | null,
  evolve: {
    CourseDefined: (_, { capacity }) => ({ capacity, taken: 0 }),
    CourseCapacityChanged: (state, { capacity }) => state && { ...state, capacity },
    StudentSubscribed: (state) => state && { ...state, taken: state.taken + 1 },
    StudentUnsubscribed: (state) => state && { ...state, taken: state.taken - 1 },
  },
  decide: {
    defineCourse: (state, { input }) =>
      state === null
        ? [{ type: 'CourseDefined', data: input }]
        : refuse('COURSE_EXISTS', 'There is a course with this code.', ['courseId']),
    changeCapacity: (state, { input }) => {
      if (state === null)
        return refuse('COURSE_NOT_FOUND', 'There is no course with this code.', ['courseId']);
      if (state.capacity === input.capacity) return [];
      // Whoever has a place keeps it.
      if (input.capacity < state.taken)
        return refuse('CAPACITY_BELOW_TAKEN', `${state.taken} places are taken.`, ['capacity']);
      return [{ type: 'CourseCapacityChanged', data: input }];
    },
  },
});
