import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PRELOADS = 'test/durability/support/preload';
const MAINS = 'test/durability/support/mains';

/** The service as plain JavaScript, since a start every second leaves no time to compile. */
export interface Build {
  readonly main: string;
  /** The command line. */
  readonly cli: string;
  /** The service with an operator who rebuilds its views all the time. */
  readonly rebuilding: string;
  /** The compiled module of that name among the preloads. */
  preload(name: string): string;
}

/** Compiles the service and the preloads into `folder`, laid out as the repository is; types are checked elsewhere. */
export function buildService(folder: string): Build {
  for (const name of ['node_modules', 'drizzle']) symlinkSync(join(ROOT, name), join(folder, name));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const part of ['src', PRELOADS, MAINS]) compile(join(ROOT, part), join(folder, part));
  return filesOf(folder);
}

/** What is where in such a folder. */
export function filesOf(folder: string): Build {
  return {
    main: join(folder, 'src', 'main.js'),
    cli: join(folder, 'src', 'cli.js'),
    rebuilding: join(folder, MAINS, 'rebuilding.js'),
    preload: (name) => join(folder, PRELOADS, `${name}.js`),
  };
}

function compile(from: string, to: string): void {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  // A file of its own cannot be told by its package.json whether it is a module.
  const compilerOptions = { ...options, noEmit: false, module: ts.ModuleKind.ESNext };
  for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    const target = join(to, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(
      target,
      ts.transpileModule(readFileSync(join(from, path), 'utf8'), { compilerOptions }).outputText,
    );
  }
}
