// What the tests of logs are written with, of the engines and beyond.
export { append, command, event } from '../../src/testing/contract/samples.js';
