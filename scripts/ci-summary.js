// Prints the test runner's own counts as one plain line; fails where there is no report or no test in it.
import { readFileSync } from 'node:fs';

let counts = { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0, numPendingTests: 0, success: false };
try {
  counts = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
} catch {
  console.log('The tests did not run to their end: there is no report.');
}
const { numPassedTests, numFailedTests, numPendingTests, numTotalTests, success } = counts;
console.log(
  `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
);
process.exitCode = success && numTotalTests > 0 ? 0 : 1;
