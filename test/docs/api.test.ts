import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Application,
  LogLevel,
  ReflectionKind,
  type DeclarationReflection,
  type ProjectReflection,
} from 'typedoc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './pages.js';

const COMMITTED = `${ROOT}docs/reference/api`;
/** What users fill in: of these every member says what it is for, what it is in, and what it is when left out. */
const FILLED_IN = /(?:Options|Definition|Settings|Config|Envelope|Limits|Module|Runner)$/;

/** What typedoc complains of. */
const complaints: string[] = [];
let folder: string;
let project: ProjectReflection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-api-'));
  const app = await Application.bootstrapWithPlugins({ options: `${ROOT}typedoc.json`, out: folder });
  app.logger.level = LogLevel.None;
  const log = app.logger.log.bind(app.logger);
  app.logger.log = (message, level) => {
    if (level >= LogLevel.Warn) complaints.push(message);
    log(message, level);
  };
  const converted = await app.convert();
  if (converted === undefined) throw new Error(`typedoc could not read the doors: ${complaints.join('\n')}`);
  project = converted;
  app.validate(project);
  await app.generateOutputs(project);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const pagesIn = (path: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(path)
      .filter((name) => name.endsWith('.md'))
      .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
  );

describe('the API reference', () => {
  it('has a page for each door of the package', () => {
    const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { exports: object };
    const doors = Object.keys(exports).filter((name) => name !== './package.json');
    expect(project.children?.map(({ name }) => name)).toEqual(
      doors.map((name) => `tidemark${name.slice(1)}`),
    );
  });

  it('says what every export is for, and has every type that one of them names', () => {
    expect(complaints).toEqual([]);
  });

  it('says what every member is for of what users fill in', () => {
    const silent = (project.children ?? [])
      .flatMap((door) => door.children ?? [])
      .filter(
        (one) => one.kindOf(ReflectionKind.Interface | ReflectionKind.Class) && FILLED_IN.test(one.name),
      )
      .flatMap((one) => (one.children ?? []).filter((member) => !isDocumented(member)))
      .map((member) => member.getFriendlyFullName());
    expect(silent).toEqual([]);
  });

  it('is as the doors are now: npm run api', () => {
    expect(pagesIn(folder)).toEqual(pagesIn(COMMITTED));
  });
});

function isDocumented(member: DeclarationReflection): boolean {
  return member.kindOf(ReflectionKind.Constructor) || member.hasComment() || isDocumentedFunction(member);
}

/** The comment of a function is at its signature. */
function isDocumentedFunction({ signatures, type }: DeclarationReflection): boolean {
  const called = type?.type === 'reflection' ? type.declaration.signatures : undefined;
  return (signatures ?? called ?? []).some((signature) => signature.hasComment());
}
