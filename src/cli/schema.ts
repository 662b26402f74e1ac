import { readFileSync, writeFileSync } from 'node:fs';
import type { Verb } from './verb.js';

/** `schema`. */
export const schema: Verb = {
  usage: 'schema',
  description: 'Print the GraphQL schema of the service, sorted.',
  options: [['--out <file>', 'Write it to this file instead']],
  run: async (_, options, { loadService }) => {
    const file = options.text('out');
    const { resolvers } = await loadService();
    // With a whole edge in it: only this verb waits for that.
    const { schemaText } = await import('../graphql/index.js');
    const text = schemaText(resolvers);
    if (file === undefined) {
      process.stdout.write(text);
      return { ok: true, json: {}, lines: [], dataOnStdout: true };
    }
    const changed = readFileSync(file, { encoding: 'utf8', flag: 'a+' }) !== text;
    writeFileSync(file, text);
    return {
      ok: true,
      json: { file, changed },
      lines: [`${file} ${changed ? 'was written' : 'is unchanged'}.`],
    };
  },
};
