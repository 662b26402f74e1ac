import { given } from 'tidemark/testing';
import { describe, expect, test } from 'vitest';
import { course } from '../src/course.js';
import { student } from '../src/student.js';
import { subscribing, unsubscribing } from '../src/subscription.js';

const defined = (courseId: string, capacity: number) =>
  ({ type: 'CourseDefined', data: { courseId, title: courseId, capacity } }) as const;
const registered = (studentId: string, courseLimit: number) =>
  ({ type: 'StudentRegistered', data: { studentId, name: studentId, courseLimit } }) as const;
const subscribed = (courseId: string, studentId: string) =>
  ({ type: 'StudentSubscribed', data: { courseId, studentId } }) as const;
const unsubscribed = (courseId: string, studentId: string) =>
  ({ type: 'StudentUnsubscribed', data: { courseId, studentId } }) as const;

const both = { courseId: 'math', studentId: 'ada' };
const ready = [defined('math', 2), registered('ada', 1)] as const;

describe('Subscribing', () => {
  test('takes a place where the course has one and the student may take one', () => {
    given(subscribing, ready).when('subscribeStudent', both).then({ type: 'StudentSubscribed', data: both });
  });

  test('is refused for a course or a student that does not exist', () => {
    given(subscribing, [registered('ada', 1)])
      .when('subscribeStudent', both)
      .thenRefused('COURSE_NOT_FOUND');
    given(subscribing, [defined('math', 1)])
      .when('subscribeStudent', both)
      .thenRefused('STUDENT_NOT_FOUND');
  });

  test('is refused when others have all places, until one of them gives it back', () => {
    const full = [...ready, subscribed('math', 'bob'), subscribed('math', 'cy')];
    given(subscribing, full).when('subscribeStudent', both).thenRefused('COURSE_FULL');
    given(subscribing, [...full, unsubscribed('math', 'cy')])
      .when('subscribeStudent', both)
      .then({ type: 'StudentSubscribed', data: both });
  });

  test('is refused when the student has as many courses as they may, until they leave one', () => {
    const busy = [...ready, subscribed('art', 'ada')];
    given(subscribing, busy).when('subscribeStudent', both).thenRefused('STUDENT_LIMIT');
    given(subscribing, [...busy, unsubscribed('art', 'ada')])
      .when('subscribeStudent', both)
      .then({ type: 'StudentSubscribed', data: both });
  });

  test('goes by capacity and limit as they are now', () => {
    const past = [...ready, subscribed('art', 'ada'), subscribed('math', 'bob')];
    const limit = { type: 'StudentLimitChanged', data: { studentId: 'ada', courseLimit: 2 } } as const;
    const capacity = { type: 'CourseCapacityChanged', data: { courseId: 'math', capacity: 1 } } as const;
    given(subscribing, [...past, limit])
      .when('subscribeStudent', both)
      .then({ type: 'StudentSubscribed', data: both });
    given(subscribing, [...past, limit, capacity])
      .when('subscribeStudent', both)
      .thenRefused('COURSE_FULL');
  });

  test('is refused the second time', () => {
    const past = [...ready, subscribed('math', 'ada')];
    given(subscribing, past).when('subscribeStudent', both).thenRefused('ALREADY_SUBSCRIBED');
  });

  test('takes ids that have no slash: it separates them', () => {
    const wrong = { ...both, courseId: 'a/b' };
    expect(() => given(subscribing, []).when('subscribeStudent', wrong)).toThrow(/courseId/);
  });
});

describe('Unsubscribing', () => {
  test('gives the place back, and changes nothing where there is none', () => {
    given(unsubscribing, [subscribed('math', 'ada')])
      .when('unsubscribeStudent', both)
      .then({ type: 'StudentUnsubscribed', data: both });
    given(unsubscribing, []).when('unsubscribeStudent', both).thenNothing();
    given(unsubscribing, [subscribed('math', 'ada'), unsubscribed('math', 'ada')])
      .when('unsubscribeStudent', both)
      .thenNothing();
  });
});

describe('A capacity', () => {
  const past = [defined('math', 2), subscribed('math', 'ada'), subscribed('math', 'bob')];

  test('is not made less than the places that are taken', () => {
    given(course, past)
      .when('changeCapacity', { courseId: 'math', capacity: 1 })
      .thenRefused('CAPACITY_BELOW_TAKEN');
    given(course, [...past, unsubscribed('math', 'bob')])
      .when('changeCapacity', { courseId: 'math', capacity: 1 })
      .then({ type: 'CourseCapacityChanged', data: { courseId: 'math', capacity: 1 } });
  });

  test('that is so already is not changed, and a course that is not there has none', () => {
    given(course, past).when('changeCapacity', { courseId: 'math', capacity: 2 }).thenNothing();
    given(course, [])
      .when('changeCapacity', { courseId: 'math', capacity: 2 })
      .thenRefused('COURSE_NOT_FOUND');
  });

  test('is defined once', () => {
    const again = { courseId: 'math', title: 'Numbers', capacity: 9 };
    given(course, past).when('defineCourse', again).thenRefused('COURSE_EXISTS');
  });
});

describe('A limit', () => {
  test('may be less than what the student has: nothing is taken away', () => {
    given(student, [registered('ada', 5)])
      .when('changeLimit', { studentId: 'ada', courseLimit: 0 })
      .then({ type: 'StudentLimitChanged', data: { studentId: 'ada', courseLimit: 0 } });
  });

  test('that is so already is not changed, and a student who is not there has none', () => {
    given(student, [registered('ada', 5)])
      .when('changeLimit', { studentId: 'ada', courseLimit: 5 })
      .thenNothing();
    given(student, [])
      .when('changeLimit', { studentId: 'ada', courseLimit: 5 })
      .thenRefused('STUDENT_NOT_FOUND');
  });

  test('is 5 where nothing is said, and a student is registered once', () => {
    const ada = { studentId: 'ada', name: 'Ada' };
    given(student, [])
      .when('registerStudent', ada)
      .then({ type: 'StudentRegistered', data: { ...ada, courseLimit: 5 } });
    given(student, [registered('ada', 5)])
      .when('registerStudent', ada)
      .thenRefused('STUDENT_EXISTS');
  });
});
