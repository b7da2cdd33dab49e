import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '../../lib/local/lock';
import * as identity from '../../lib/local/process-identity';
import { contents, Place } from './command-line';

jest.mock('../../lib/local/process-identity', () => ({
  __esModule: true,
  ...jest.requireActual('../../lib/local/process-identity'),
}));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(folder, 'lock');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const self = identity.identify(process.pid) ?? { pid: 0, start: '' };
const gone = JSON.stringify({ pid: process.pid, start: 'another time', purpose: 'a run that was killed' });
const living = JSON.stringify({ ...self, purpose: 'another run' });

test.each([
  ['of a process that is gone', gone],
  ['that holds no JSON', 'half a rec'],
  ['that is empty', ''],
])('a lock %s is taken over', (_, text) => {
  writeFileSync(file, text);
  const lock = acquireLock(file, 'mine');
  expect(lock.held).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...self, purpose: 'mine' });
  if (lock.held) lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock of a living process is respected, and told', () => {
  writeFileSync(file, living);
  expect(acquireLock(file, 'mine')).toEqual({ held: false, by: { ...self, purpose: 'another run' } });
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('of two that find a stale lock, the slower does not remove what the faster has taken', () => {
  writeFileSync(file, gone);
  const isAlive = identity.isAlive;
  jest.spyOn(identity, 'isAlive').mockImplementationOnce((holder) => {
    // Between the slower one's look and its hand the faster one is through.
    rmSync(file);
    writeFileSync(file, living);
    return isAlive(holder);
  });
  expect(acquireLock(file, 'slower')).toEqual({ held: false, by: { ...self, purpose: 'another run' } });
  expect(readFileSync(file, 'utf8')).toBe(living);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('release leaves a lock alone that is another’s by now', () => {
  const lock = acquireLock(file, 'mine');
  const other = JSON.stringify({ pid: 1, start: 'x', purpose: 'another' });
  writeFileSync(file, other);
  if (lock.held) lock.release();
  expect(readFileSync(file, 'utf8')).toBe(other);
});

describe('the command line', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
    place.app('exit 9');
  });
  afterEach(() => place.remove());

  test('a second run while the first is under way: who has the folder, exit code 4, nothing touched', async () => {
    const lock = acquireLock(join(place.state, 'lock'), 'slipway run development');
    for (const command of [['run'], ['run', '--json'], ['clean']]) {
      expect(await place.run(command)).toMatchObject({
        code: 4,
        stdout: '',
        stderr: `${place.state} is in use by \`slipway run development\` (process ${process.pid}): wait until it has ended, or end it; or work in another clone\n`,
      });
    }
    expect(contents(place.state)).toEqual(['lock']);
    if (lock.held) lock.release();
  });

  test('the lock of a run that was killed does not keep the next one out', async () => {
    const lock = acquireLock(join(place.state, 'lock'), 'slipway run development');
    writeFileSync(join(place.state, 'lock'), gone);
    expect((await place.run(['validate'])).code).toBe(2);
    expect(contents(place.state)).toEqual([]);
    if (lock.held) lock.release();
  });
});
