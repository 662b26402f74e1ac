import { defineService } from 'tidemark/service';
import { courseModule, courseResolvers } from './module.js';

/** The service. The command line finds it by package.json. */
export const service = defineService({
  name: 'Courses',
  modules: [courseModule],
  resolvers: courseResolvers,
  playground: [
    {
      title: 'A course and a student',
      query: `mutation Begin {
  defineCourse(input: { courseId: "MATH-101", title: "Numbers", capacity: 2 }) {
    userErrors { code message }
    course { id title free }
  }
  registerStudent(input: { studentId: "S-1", name: "Ada", courseLimit: 1 }) {
    userErrors { code message }
    student { id name courses courseLimit }
  }
}`,
    },
    {
      title: 'Take a place: one decision about both',
      query: `# Send it twice: the second time it is refused. Neither the course nor the student is ever over its limit,
# however many send this at the same time. "course" is the view as it is after the command.
mutation Subscribe {
  subscribeStudent(input: { courseId: "MATH-101", studentId: "S-1" }) {
    receipt { status position }
    userErrors { code message field }
    course { taken free }
  }
}`,
    },
    {
      title: 'Who is in what',
      query: `query Places {
  courses(orderBy: [{ field: FREE, direction: DESC }]) { nodes { id title capacity taken free } }
  subscriptions(filter: { courseId: "MATH-101" }) { nodes { studentId since } }
  students { nodes { id name courses courseLimit } }
}`,
    },
    {
      title: 'Give the place back',
      query: `mutation Unsubscribe {
  unsubscribeStudent(input: { courseId: "MATH-101", studentId: "S-1" }) {
    receipt { status position }
    course { taken free }
  }
}`,
    },
  ],
});
