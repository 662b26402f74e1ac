import { cpSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../settings/index.js';
import { UsageError, type Verb } from './verb.js';

const PACKAGE = new URL('../../package.json', import.meta.url);
const TEMPLATE = fileURLToPath(new URL('../../templates/service', import.meta.url));
/** npm leaves out, or takes for its own, files of these names: in the template they have no dot. */
const DOTTED = ['gitignore', 'dockerignore', 'env.example'] as const;
const NAME = /^[a-z0-9][a-z0-9._-]{0,100}$/;

/** What this package itself was made with: a new service gets the same versions. */
interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** `new`. */
export const newService: Verb = {
  usage: 'new <folder>',
  description: 'Make a new service of your own in a new folder, with a small domain to change.',
  options: [
    ['--tidemark <version>', 'What its package.json asks for: a version or file:…; this one if left out'],
  ],
  run: async ([given = ''], options) => {
    const folder = resolve(given);
    const name = basename(folder);
    if (!NAME.test(name))
      throw new UsageError(
        `${name} cannot be the name of a package. Expected small letters, digits, dots and dashes: my-service.`,
      );
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new UsageError(
        `${given} is there already and is not empty. Expected a folder that is not there yet.`,
      );
    const tidemark = options.text('tidemark') ?? `^${VERSION}`;
    const files = copyTemplate(folder, name, tidemark);
    const steps = [`cd ${given}`, 'npm install', 'npm start'];
    return {
      ok: true,
      json: { folder, name, files: files.length, steps },
      lines: [
        `Made ${name}: ${files.length} files in ${folder}.`,
        '',
        'Next:',
        ...steps.map((step) => `  ${step}`),
      ],
    };
  },
};

function copyTemplate(folder: string, name: string, tidemark: string): readonly string[] {
  cpSync(TEMPLATE, folder, { recursive: true });
  for (const file of DOTTED) renameSync(join(folder, file), join(folder, `.${file}`));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, withVersions(text).replaceAll('{{name}}', name).replaceAll('{{tidemark}}', tidemark));
  }
  return files;
}

/** Each `"library": "{{version}}"` with the version that this package has of it. */
function withVersions(text: string): string {
  if (!text.includes('{{version}}')) return text;
  // The package's own file.
  const { dependencies, devDependencies } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as Manifest;
  const known: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies };
  return text.replaceAll(/"([^"]+)": "\{\{version\}\}"/g, (_, library: string) => {
    const version = known[library];
    if (version === undefined)
      throw new Error(`The template asks for ${library}, which this package has not.`);
    return `"${library}": "${version}"`;
  });
}
