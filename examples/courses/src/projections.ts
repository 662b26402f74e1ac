import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineProjection, keyedBy, ownedBy } from 'tidemark';
import { courseEvents, courseTag, studentTag } from './events.js';

const coursesTable = sqliteTable('courses', {
  id: text().primaryKey(),
  title: text().notNull(),
  capacity: integer().notNull(),
  taken: integer().notNull(),
  free: integer().notNull(),
  position: integer().notNull(),
});

const subscriptionsTable = sqliteTable(
  'subscriptions',
  {
    id: text().primaryKey(),
    courseId: text('course_id').notNull(),
    studentId: text('student_id').notNull(),
    since: integer({ mode: 'timestamp_ms' }).notNull(),
    position: integer().notNull(),
  },
  (table) => [
    index('subscriptions_course').on(table.courseId, table.id),
    index('subscriptions_student').on(table.studentId, table.id),
  ],
);

const studentsTable = sqliteTable('students', {
  id: text().primaryKey(),
  name: text().notNull(),
  courseLimit: integer('course_limit').notNull(),
  courses: integer().notNull(),
  position: integer().notNull(),
});

/** Ids of courses have no slash. */
const SLASH = '/';

/** Courses with their free places, and who has the others. Both are made of the events of a course. */
export const coursesProjection = defineProjection({
  name: 'courses',
  version: 1,
  events: courseEvents,
  tables: {
    courses: ownedBy(keyedBy(coursesTable, 'id'), ({ id }) => courseTag(id)),
    subscriptions: ownedBy(keyedBy(subscriptionsTable, 'id'), ({ id }) =>
      courseTag(id.split(SLASH)[0] ?? ''),
    ),
  },
  on: {
    CourseDefined: ({ courses }, { data: { courseId: id, title, capacity }, position }) => {
      courses.put({ id, title, capacity, taken: 0, free: capacity, position });
    },
    CourseCapacityChanged: ({ courses }, { data: { courseId: id, capacity }, position }) => {
      courses.patch({ id }, ({ taken }) => ({ capacity, free: capacity - taken, position }));
    },
    StudentSubscribed: ({ courses, subscriptions }, { data, position, recordedAt }) => {
      const { courseId: id, studentId } = data;
      courses.patch({ id }, ({ taken, free }) => ({ taken: taken + 1, free: free - 1, position }));
      subscriptions.put({ id: `${id}${SLASH}${studentId}`, ...data, since: new Date(recordedAt), position });
    },
    StudentUnsubscribed: ({ courses, subscriptions }, { data: { courseId: id, studentId }, position }) => {
      courses.patch({ id }, ({ taken, free }) => ({ taken: taken - 1, free: free + 1, position }));
      subscriptions.delete({ id: `${id}${SLASH}${studentId}` });
    },
  },
});

/** Students with how many courses they take. An event about a course and a student is here one about the student. */
export const studentsProjection = defineProjection({
  name: 'students',
  version: 1,
  events: courseEvents,
  tables: { students: ownedBy(keyedBy(studentsTable, 'id'), ({ id }) => studentTag(id)) },
  entity: ({ data, tags }) => ('studentId' in data ? studentTag(data.studentId) : (tags[0] ?? '')),
  on: {
    StudentRegistered: ({ students }, { data: { studentId: id, name, courseLimit }, position }) => {
      students.put({ id, name, courseLimit, courses: 0, position });
    },
    StudentLimitChanged: ({ students }, { data: { studentId: id, courseLimit }, position }) => {
      students.patch({ id }, { courseLimit, position });
    },
    StudentSubscribed: ({ students }, { data: { studentId: id }, position }) => {
      students.patch({ id }, ({ courses }) => ({ courses: courses + 1, position }));
    },
    StudentUnsubscribed: ({ students }, { data: { studentId: id }, position }) => {
      students.patch({ id }, ({ courses }) => ({ courses: courses - 1, position }));
    },
  },
});
