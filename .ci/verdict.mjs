/**
 * Reads what `jest --json` wrote. `failed FILE` prints the test files that failed; `verdict FILE...` prints the closing line of
 * the first run with what a second one (again.json) put right, and exits with 1 if anything has failed for good.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const [command, ...files] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
// `skipped`, `pending`, `focused`: nothing of it ran, and nothing of it failed.
const hasFailed = (suite) => suite.status === 'failed';
const nameOf = (suite) => relative('', suite.name);

if (command === 'failed') {
  for (const suite of read(files[0]).testResults.filter(hasFailed)) console.log(nameOf(suite));
} else {
  const [first] = files.filter((file) => basename(file) === 'first.json');
  const [again] = files.filter((file) => basename(file) === 'again.json' && existsSync(file));
  if (first === undefined) {
    console.error('the tests wrote no results');
    process.exit(1);
  }
  const second = new Map((again ? read(again).testResults : []).map((suite) => [suite.name, suite]));
  let passed = 0;
  let failed = 0;
  for (const suite of read(first).testResults) {
    const last = second.get(suite.name) ?? suite;
    const count = (status) => last.assertionResults.filter((test) => test.status === status).length;
    passed += count('passed');
    // A file that could not be run has no tests to count.
    failed += Math.max(count('failed'), hasFailed(last) ? 1 : 0);
    if (last !== suite && !hasFailed(last)) {
      const which = suite.assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
      console.log(`FLAKY, failed once and passed alone: ${nameOf(suite)}: ${which.join('; ')}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
