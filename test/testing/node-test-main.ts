import { describe, test } from 'node:test';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { logContract } from '../../src/testing/index.js';

// Run by node's own runner.
logContract({ name: 'memory', open: () => createMemoryLog() }, { describe, test });
