import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { announceEndpoint, readAnnouncement } from '../../../lib/local/aws/announce';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'slipway-announce-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const bindings = { region: 'eu-west-1', account: '111122223333', partition: 'aws' };
const operator = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const announce = (url = 'http://127.0.0.1:4566') =>
  announceEndpoint({ stateFolder, endpoint: { url, operator }, ...bindings });
const file = () => join(stateFolder, 'endpoint.json');

test('an endpoint is announced to this user alone, until it is withdrawn', () => {
  const announcement = announce();
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readAnnouncement(stateFolder)).toEqual({
    url: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    account: '111122223333',
    ...operator,
    pid: process.pid,
    start: expect.any(String),
  });
  announcement.withdraw();
  expect(existsSync(file())).toBe(false);
  expect(readAnnouncement(stateFolder)).toBeUndefined();
});

test('the announcement of a process that is gone, or of another with its id, is none', () => {
  announce();
  const said = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ ...said, start: '1' }));
  expect(readAnnouncement(stateFolder)).toBeUndefined();
  writeFileSync(file(), '{"url":');
  expect(readAnnouncement(stateFolder)).toBeUndefined();
});

test("withdrawing leaves another's announcement", () => {
  const first = announce();
  announce('http://127.0.0.1:4567');
  first.withdraw();
  expect(readAnnouncement(stateFolder)?.url).toBe('http://127.0.0.1:4567');
});
