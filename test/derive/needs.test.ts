import { expect, test } from 'vitest';
import { defineService } from '../../src/service/index.js';
import { startService } from '../support/service.js';
import { libraryWith, zodInputs } from './library.js';

const library = libraryWith(zodInputs);
const [module] = library.modules;

test('A service whose resolvers send commands that no module has does not start, and says what to add', async () => {
  const definition = defineService({ ...library, modules: [{ ...module, name: 'library', deciders: [] }] });
  await expect(startService({ definition })).rejects.toThrow(
    /The mutation addBook sends a command that no module has: add its decider to a module's deciders\./,
  );
});

test('A service whose resolvers ask queries that no module has does not start, and says what to add', async () => {
  const definition = defineService({ ...library, modules: [{ ...module, name: 'library', queries: [] }] });
  await expect(startService({ definition })).rejects.toThrow(
    /asks the query \w+, which no module has: add the view's queries to a module's queries\./,
  );
});
