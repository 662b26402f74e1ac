import ts from 'typescript';
import { doors } from '../../scripts/doors.js';
import { ROOT, isRunElsewhere, noteOf, type Block } from './pages.js';

/** One text to compile, and where its lines stand in the documentation. */
interface Text {
  readonly file: string;
  readonly code: string;
  readonly where: string;
}

/**
 * What the compiler says against blocks of TypeScript, each as a module of its own. A note `given: …` before a block is code
 * that readers need not see; `continues` makes it go on after the block before it on its page.
 */
export function typeErrorsOf(blocks: readonly Block[]): readonly string[] {
  const texts = textsOf(blocks).filter((_, index) => !blocks.slice(index, index + 1).some(isRunElsewhere));
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const all: ts.CompilerOptions = {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    jsx: ts.JsxEmit.ReactJSX,
    // As package.json says: what is no door does not compile.
    paths: Object.fromEntries(doors().map(({ name, source }) => [name, [source]])),
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const byFile = new Map(texts.map((text) => [text.file, text]));
  const host = ts.createCompilerHost(all);
  const onDisk = { ...host };
  host.fileExists = (file) => byFile.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => byFile.get(file)?.code ?? onDisk.readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = byFile.get(file);
    return text === undefined
      ? onDisk.getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text.code, language, true);
  };
  const program = ts.createProgram([...byFile.keys()], all, host);
  return texts.flatMap(({ file, where }) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start = 0 }) => {
        const line = source?.text.slice(start).split('\n')[0] ?? '';
        return `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} At: ${line}`;
      },
    );
  });
}

function textsOf(blocks: readonly Block[]): readonly Text[] {
  let before = '';
  let page = '';
  return blocks.map((block, index) => {
    const [path = ''] = block.where.split(':');
    const continues = block.notes.includes('continues') && path === page;
    const code = `${continues ? before : ''}${noteOf(block, 'given') ?? ''}\n${block.code}`;
    [before, page] = [code, path];
    // A module, whatever is in it: what it declares is its own.
    return {
      file: `${ROOT}docs/block-${index}.${block.language}`,
      code: `${code}\nexport {};\n`,
      where: block.where,
    };
  });
}
