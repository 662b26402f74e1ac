import type { Module } from 'tidemark';
import { deriveCommands, deriveView } from 'tidemark/derive';
import { ANYONE, SIGNED_IN, STAFF } from 'tidemark/graphql';
import { course } from './course.js';
import { coursesProjection, studentsProjection } from './projections.js';
import { student } from './student.js';
import { subscribing, unsubscribing } from './subscription.js';

const courses = deriveView(coursesProjection, 'courses', {
  type: 'Course',
  description: 'A course, and how many of its places are free.',
  access: [ANYONE],
  orderBy: ['title', 'free'],
});

const students = deriveView(studentsProjection, 'students', {
  type: 'Student',
  description: 'A student, and how many courses they take.',
  access: [SIGNED_IN],
  orderBy: ['name'],
});

const subscriptions = deriveView(coursesProjection, 'subscriptions', {
  type: 'CourseSubscription',
  description: 'That a student has a place in a course.',
  access: [SIGNED_IN],
  filter: ['courseId', 'studentId'],
});

const views = [courses, students, subscriptions];
/** Whoever subscribes sees how many places are left then. */
const commands = [
  deriveCommands(course, { access: { '*': [STAFF] }, returns: courses }),
  deriveCommands(student, { access: { '*': [STAFF] }, returns: students }),
  deriveCommands(subscribing, { access: { '*': [SIGNED_IN] }, returns: courses }),
  deriveCommands(unsubscribing, { access: { '*': [SIGNED_IN] }, returns: courses }),
];

/** The domain: what it decides, projects and answers. */
export const courseModule: Module = {
  name: 'courses',
  deciders: [course, student, subscribing, unsubscribing],
  projections: [coursesProjection, studentsProjection],
  queries: views.flatMap(({ queries }) => queries),
};

export const courseResolvers = [...views, ...commands].map(({ resolver }) => resolver);
