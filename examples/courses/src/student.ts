import { defineDecider, pickEvents, refuse } from 'tidemark';
import { z } from 'zod';
import { courseEvents, studentTag } from './events.js';
import { courseLimit, studentId } from './inputs.js';

/**
 * A student, by itself. What courses they have is none of its business: a smaller limit takes no place away, they only get
 * no further one. So a change of the limit never has to be decided anew because of a subscription.
 */
export const student = defineDecider({
  name: 'student',
  events: pickEvents(courseEvents, 'StudentRegistered', 'StudentLimitChanged'),
  inputs: {
    registerStudent: z.object({
      studentId,
      name: z.string().trim().min(1).max(200),
      courseLimit: courseLimit.default(5),
    }),
    changeLimit: z.object({ studentId, courseLimit }),
  },
  subject: ({ input }) => input.studentId,
  boundary: ({ input }) => [{ tags: [studentTag(input.studentId)] }],
  initial: { courseLimit: null as number | null },
  evolve: {
    StudentRegistered: (_, { courseLimit }) => ({ courseLimit }),
    StudentLimitChanged: (_, { courseLimit }) => ({ courseLimit }),
  },
  decide: {
    registerStudent: (state, { input }) =>
      state.courseLimit === null
        ? [{ type: 'StudentRegistered', data: input }]
        : refuse('STUDENT_EXISTS', 'There is a student with this number.', ['studentId']),
    changeLimit: (state, { input }) => {
      if (state.courseLimit === null)
        return refuse('STUDENT_NOT_FOUND', 'There is no student with this number.', ['studentId']);
      return state.courseLimit === input.courseLimit ? [] : [{ type: 'StudentLimitChanged', data: input }];
    },
  },
});
