import { createMemoryLog } from '../../src/engines/memory/index.js';
import { eventLogContract } from '../contract/event-log.js';

eventLogContract('memory', createMemoryLog);
