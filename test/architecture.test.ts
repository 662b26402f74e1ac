import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const LINES_MAX = 300;

interface Import {
  /** A package, or a path from `src`. */
  readonly target: string;
  readonly local: boolean;
  /** The names taken; `*` for all of them, none for an import for its effect. */
  readonly names: readonly string[];
}

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

function readSource(path: string): Source {
  const text = readFileSync(join(SRC, path), 'utf8');
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return { path, folder: folderOf(path), text, syntax, imports: importsOf(path, syntax) };
}

/** The part of the system that a file belongs to: `kernel`, `engines/sqlite`, or nothing for the composition root. */
function folderOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  return parts.slice(0, parts[0] === 'engines' ? 2 : 1).join('/');
}

function importsOf(path: string, syntax: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const local = specifier.text.startsWith('.');
    const target = local
      ? relative(SRC, resolve(SRC, dirname(path), specifier.text)).replace(/\.js$/, '.ts')
      : specifier.text;
    found.push({ target, local, names });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, namesOf(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, ['*']);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, ['*']);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], ['*']);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return found;
}

function namesOf(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings;
  if (bindings !== undefined && ts.isNamedImports(bindings))
    return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  return clause === undefined ? [] : ['*'];
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map(readSource);

/** `file: what` for each finding; an empty list is what the law wants. */
function findings(find: (source: Source) => readonly string[], within = sources): readonly string[] {
  return within.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));
}

function packagesOf({ imports }: Source): readonly string[] {
  return imports.filter(({ local }) => !local).map(({ target }) => target);
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Imports beyond the source's own folder, and packages, that are not among those allowed. */
function strays(source: Source, allowed: readonly string[]): readonly string[] {
  return source.imports
    .filter(({ target, local }) => !local || folderOf(target) !== source.folder)
    .map(({ target, local }) => (local || target.startsWith('node:') ? target : packageName(target)))
    .map((target) => (target.startsWith('node:') ? 'node:*' : target))
    .filter((target) => !allowed.includes(target));
}

const inFolder = (folder: string): readonly Source[] =>
  sources.filter((source) => source.folder === folder || source.folder.startsWith(`${folder}/`));
const isGraphql = ({ path }: Source): boolean => path.endsWith('.graphql.ts');
const KERNEL = 'kernel/index.ts';
const GRAPHQL = 'graphql/index.ts';
const DERIVE = 'derive/index.ts';

describe('imports', () => {
  it('are found: the law would be worth nothing if it read no source', () => {
    expect(inFolder('kernel').length).toBeGreaterThan(10);
    expect(inFolder('engines').length).toBeGreaterThan(5);
    const start = sources.find(({ path }) => path === 'service/start.ts');
    expect(start?.imports.map(({ target }) => target)).toContain('engines/sqlite/index.ts');
  });

  it('of the kernel are its own files and node:* only', () => {
    expect(findings((source) => strays(source, ['node:*']), inFolder('kernel'))).toEqual([]);
  });

  it.each([
    ['memory', []],
    ['sqlite', ['better-sqlite3', 'drizzle-orm']],
    ['postgres', ['pg', 'drizzle-orm']],
  ])('of the engine %s are the kernel’s door and its driver only', (engine, drivers) => {
    const within = inFolder(`engines/${engine}`);
    expect(within.length).toBeGreaterThan(1);
    expect(findings((source) => strays(source, ['node:*', KERNEL, ...drivers]), within)).toEqual([]);
  });

  it('of no engine escape that law', () => {
    const engines = new Set(inFolder('engines').map(({ folder }) => folder));
    expect([...engines]).toEqual(['engines/memory', 'engines/postgres', 'engines/sqlite']);
  });

  it('of the GraphQL edge are the kernel’s door and GraphQL packages only', () => {
    const packages = ['graphql', 'graphql-ws', 'graphql-scalars', 'type-graphql', '@apollo/server', 'ws'];
    // jose checks the tokens of those who call.
    const allowed = ['node:*', KERNEL, 'reflect-metadata', 'jose', ...packages];
    expect(findings((source) => strays(source, allowed), inFolder('graphql'))).toEqual([]);
  });

  it('of what is derived are the doors of kernel and edge, and what it makes types, tables and rules of', () => {
    const allowed = [KERNEL, GRAPHQL, 'drizzle-orm', 'type-graphql', 'graphql'];
    expect(inFolder('derive').length).toBeGreaterThan(5);
    expect(findings((source) => strays(source, allowed), inFolder('derive'))).toEqual([]);
  });

  it('of the orders are the doors of kernel, edge and what is derived, and its own libraries', () => {
    const plain = ['node:*', KERNEL, GRAPHQL, DERIVE, 'zod', 'big.js', 'drizzle-orm'];
    const decorated = [...plain, 'dataloader', 'type-graphql'];
    const find = (source: Source) => strays(source, isGraphql(source) ? decorated : plain);
    expect(findings(find, inFolder('orders'))).toEqual([]);
  });

  it('of the client are its own files and what each entry is for, so that a page never loads the service', () => {
    const peers: Readonly<Record<string, string>> = {
      'client/urql/': '@urql/core',
      'client/apollo/': '@apollo/client',
      'client/react/': 'react',
    };
    const find = (source: Source): readonly string[] => {
      const peer = Object.keys(peers).find((folder) => source.path.startsWith(folder));
      return strays(source, ['graphql-ws', ...(peer === undefined ? [] : [peers[peer] ?? ''])]);
    };
    expect(inFolder('client').length).toBeGreaterThan(20);
    expect(findings(find, inFolder('client'))).toEqual([]);
  });

  it('of the service never are the client', () => {
    const find = ({ folder, imports }: Source): readonly string[] =>
      folder === 'client' ? [] : imports.map(({ target }) => target).filter((to) => to.startsWith('client/'));
    expect(findings(find)).toEqual([]);
  });

  it('of the test kit are the doors of the kernel and of the engines that need no server, and no test runner', () => {
    const allowed = ['node:*', KERNEL, 'engines/memory/index.ts', 'engines/sqlite/index.ts'];
    expect(inFolder('testing').length).toBeGreaterThan(10);
    expect(findings((source) => strays(source, allowed), inFolder('testing'))).toEqual([]);
  });

  it('of the service never are the test kit', () => {
    const find = ({ folder, imports }: Source): readonly string[] =>
      folder === 'testing'
        ? []
        : imports.map(({ target }) => target).filter((to) => to.startsWith('testing/'));
    expect(findings(find)).toEqual([]);
  });

  it('name a domain in app.ts only', () => {
    const find = ({ imports }: Source): readonly string[] =>
      imports.map(({ target }) => target).filter((target) => target.startsWith('orders/'));
    const elsewhere = sources.filter(({ path, folder }) => path !== 'app.ts' && folder !== 'orders');
    expect(findings(find, elsewhere)).toEqual([]);
  });

  it('name an engine in the composition of the service, in the command line and in the test kit only', () => {
    const find = ({ folder, imports }: Source): readonly string[] =>
      imports
        .map(({ target }) => target)
        .filter((target) => target.startsWith('engines/') && folderOf(target) !== folder);
    const named = ['service', 'cli', 'testing'];
    const elsewhere = sources.filter(({ folder }) => !named.includes(folder));
    expect(findings(find, elsewhere)).toEqual([]);
  });

  it('of the settings are the limits of the edge, so that the command line loads no server to read them', () => {
    const allowed = ['node:*', 'graphql/limits/index.ts', 'zod'];
    expect(findings((source) => strays(source, allowed), inFolder('settings'))).toEqual([]);
  });

  it('go through a folder’s door', () => {
    const find = ({ path, folder, imports }: Source): readonly string[] =>
      imports
        .filter(({ target, local }) => local && folderOf(target) !== '' && folderOf(target) !== folder)
        .map(({ target }) => target)
        .concat(innerDoors(path, imports))
        .filter((target) => !target.endsWith('/index.ts'));
    expect(findings(find)).toEqual([]);
  });

  it('make no cycle between files', () => {
    expect(cycles()).toEqual([]);
  });

  it('of packages and node are not taken under two names', () => {
    const find = (source: Source) =>
      packagesOf(source).filter((name) => !name.startsWith('node:') && isNodeModule(name));
    expect(findings(find)).toEqual([]);
  });
});

/** Targets inside a folder that has a door of its own (`graphql/playground`), from outside of it. */
function innerDoors(path: string, imports: readonly Import[]): readonly string[] {
  const doors = sources.map((source) => source.path).filter((file) => file.endsWith('/index.ts'));
  return imports
    .filter(({ target, local }) => {
      const folder = dirname(target);
      return local && doors.includes(`${folder}/index.ts`) && !path.startsWith(`${folder}/`);
    })
    .map(({ target }) => target);
}

function isNodeModule(name: string): boolean {
  return ['fs', 'path', 'crypto', 'http', 'url', 'events', 'stream', 'os', 'util', 'timers'].includes(name);
}

/** Each cycle once, as the path along it. Types count: a cycle of types is a cycle of understanding. */
function cycles(): readonly string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const { target, local } of byPath.get(path)?.imports ?? [])
      if (local) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) walk(path, []);
  return found;
}

describe('exports', () => {
  it('are never a default, and never everything of another file', () => {
    const find = ({ syntax }: Source): readonly string[] =>
      syntax.statements.flatMap((statement) => {
        if (ts.isExportAssignment(statement)) return ['export default'];
        if (ts.isExportDeclaration(statement) && statement.exportClause === undefined) return ['export *'];
        return modifiers(statement).includes(ts.SyntaxKind.DefaultKeyword) ? ['export default'] : [];
      });
    expect(findings(find)).toEqual([]);
  });

  it('have a doc comment each', () => {
    expect(findings(undocumented)).toEqual([]);
  });
});

function modifiers(statement: ts.Statement): readonly ts.SyntaxKind[] {
  return ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []).map(({ kind }) => kind) : [];
}

/** Exports that say nothing about themselves; the description of a GraphQL class is its doc comment. */
function undocumented(source: Source): readonly string[] {
  const exported = source.syntax.statements.filter((statement) =>
    modifiers(statement).includes(ts.SyntaxKind.ExportKeyword),
  );
  const said = new Set(exported.filter(isDocumented).map(functionName));
  return (
    exported
      .filter((statement) => !isDocumented(statement))
      // The first overload speaks for the others.
      .filter((statement) => !ts.isFunctionDeclaration(statement) || !said.has(functionName(statement)))
      .filter((statement) => !(isGraphql(source) && ts.isClassDeclaration(statement)))
      .map((statement) => statement.getText().split('\n')[0] ?? '')
  );
}

function isDocumented(statement: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(statement).length > 0;
}

function functionName(statement: ts.Statement): string | undefined {
  return ts.isFunctionDeclaration(statement) ? statement.name?.text : undefined;
}

describe('decorators', () => {
  it('are in *.graphql.ts and in the GraphQL edge only', () => {
    const find = ({ syntax }: Source): readonly string[] => {
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isDecorator(node)) found.push(node.getText());
        ts.forEachChild(node, visit);
      };
      visit(syntax);
      return found;
    };
    const elsewhere = sources.filter((source) => !isGraphql(source) && source.folder !== 'graphql');
    expect(findings(find, elsewhere)).toEqual([]);
  });
});

describe('files', () => {
  it(`have ${LINES_MAX} lines at most`, () => {
    const find = ({ text }: Source): readonly string[] => {
      const lines = text.trimEnd().split('\n').length;
      return lines > LINES_MAX ? [`${lines} lines`] : [];
    };
    expect(findings(find)).toEqual([]);
  });
});
