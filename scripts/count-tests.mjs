// Prints how many tests passed and failed: two numbers.
//
// usage: node scripts/count-tests.mjs RESULT.json     as vitest's JSON reporter writes it
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// A file that could not even be loaded has no test that could have failed.
const unloaded = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'));
console.log(numPassedTests, numFailedTests + unloaded.length);
