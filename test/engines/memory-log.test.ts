import { describe, test } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { logContract } from '../../src/testing/index.js';

logContract({ name: 'memory', open: () => createMemoryLog() }, { describe, test });
