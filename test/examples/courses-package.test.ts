import { execFile } from 'node:child_process';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/built-once.js';
import { builtPackage, installPackage, packedManifest } from '../support/built-package.js';
import { runNode } from '../support/main-process.js';
import { post } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';

const run = promisify(execFile);
const EXAMPLE = join(ROOT, 'examples', 'courses');

beforeAll(builtPackage, 240_000);

test('The courses take nothing of Tidemark but the package’s doors', async () => {
  const { exports } = await packedManifest();
  const doors = Object.keys(exports).map((door) => door.replace('.', 'tidemark'));
  const files = readdirSync(EXAMPLE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(8);
  const imports = files.flatMap((file) =>
    [...readFileSync(join(EXAMPLE, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? ''),
  );
  expect(imports.filter((from) => from.startsWith('tidemark') && !doors.includes(from))).toEqual([]);
  expect(imports.filter((from) => from.startsWith('../..'))).toEqual([]);
});

test('The courses are type-checked, built and started with the packed Tidemark, and give places away', async () => {
  const project = tempDir();
  cpSync(EXAMPLE, project, {
    recursive: true,
    filter: (path) => !/node_modules|dist|data$/.test(path.slice(EXAMPLE.length)),
  });
  await installPackage(project);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compile = (config: string) =>
    run(process.execPath, [tsc, '-p', config], { cwd: project }).catch((error: unknown) => {
      // What tsc says it says on standard output.
      throw new Error((error as { readonly stdout: string }).stdout);
    });
  await compile('.');
  await compile('tsconfig.build.json');
  const main = runNode([join(project, 'dist', 'main.js')], { DATA_DIR: join(project, 'data') });
  const url = await main.url();
  const gql = async (query: string) => {
    const { body } = await post(url, JSON.stringify({ query }));
    expect(body.errors).toBeUndefined();
    return body.data;
  };
  await gql(`mutation { defineCourse(input: { courseId: "math", title: "Numbers", capacity: 1 }) { id }
    ada: registerStudent(input: { studentId: "ada", name: "Ada" }) { id }
    bob: registerStudent(input: { studentId: "bob", name: "Bob" }) { id } }`);
  const subscribe = (studentId: string) =>
    gql(`mutation { subscribeStudent(input: { courseId: "math", studentId: "${studentId}" }) {
      userErrors { code } course { taken free } } }`);
  const course = { taken: 1, free: 0 };
  expect((await subscribe('ada')).subscribeStudent).toEqual({ userErrors: [], course });
  expect((await subscribe('bob')).subscribeStudent).toEqual({
    userErrors: [{ code: 'COURSE_FULL' }],
    course,
  });
  main.signal('SIGTERM');
  expect(await main.ended).toBe(0);
});
