#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UsageError, runCliProcess } from './cli/index.js';
import type { ServiceDefinition } from './service/index.js';

/** What a service's own package.json says to the command line. */
const shape = z.object({ tidemark: z.object({ service: z.string() }) });
const expected = 'Expected in package.json: "tidemark": { "service": "./dist/service.js" }';

/** The service in this folder, as its package.json names it. Throws a UsageError where it names none. */
async function loadService(): Promise<ServiceDefinition> {
  const file = resolve('package.json');
  const path = serviceIn(file);
  const loaded = (await import(pathToFileURL(resolve(path)).href)) as {
    // Whatever the file exports.
    readonly service?: ServiceDefinition;
  };
  if (loaded.service === undefined)
    throw new UsageError(
      `${path} exports no \`service\` made by defineService. ${expected}, a file that does.`,
    );
  return loaded.service;
}

function serviceIn(file: string): string {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8'))).tidemark.service;
  } catch (cause) {
    throw new UsageError(`The command line does not know whose events these are. ${expected}.`, { cause });
  }
}

await runCliProcess(loadService);
