import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contents, Place } from './command-line';

let place: Place;
beforeAll(() => {
  place = new Place();
});
afterAll(() => place.remove());

const nothing = () => expect(contents(place.project)).toEqual(['service', 'slipway.yaml']);

describe.each([['run'], ['run', '--dirty']])('%s %s', (...args) => {
  test('no commit yet: one message, exit code 2, nothing made', async () => {
    rmSync(join(place.service, '.git'), { recursive: true, force: true });
    place.git('init', '--quiet');
    const { code, stdout, stderr } = await place.run(args);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `the git repository of ${place.service} has no commit yet: commit first (git add, git commit)\n`,
    });
    nothing();
  });

  test('no git repository: one message, exit code 2, nothing made', async () => {
    rmSync(join(place.service, '.git'), { recursive: true, force: true });
    const { code, stdout, stderr } = await place.run(args);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `${place.service} is not in a git repository: the source is what git has committed; make one with git init, git add and git commit\n`,
    });
    nothing();
  });
});

test('a service folder that was never committed is told, and may be run as it is with --dirty', async () => {
  rmSync(join(place.service, '.git'), { recursive: true, force: true });
  place.configure((yaml) => yaml.replace('path: service', 'path: service/new'));
  place.git('init', '--quiet');
  writeFileSync(join(place.service, 'README'), 'one');
  place.git('add', '.');
  place.git('commit', '--quiet', '--message=First');
  mkdirSync(join(place.service, 'new'));
  const { code, stderr } = await place.run(['run']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^commit [0-9a-f]{12} has no folder new: commit it first, or correct the path\n$/);
  // It gets past the source, and ends at the next thing that is missing.
  expect((await place.run(['run', '--dirty'], { env: { SLIPWAY_PYTHON: '/nowhere' } })).code).toBe(3);
});

test('a service folder that is not there is an error of slipway.yaml with its place', async () => {
  place.configure((yaml) => yaml.replace('path: service', 'path: elsewhere'));
  const { code, stderr } = await place.run(['run']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^slipway\.yaml:\d+:\d+ service\.path: expected a folder, got "elsewhere"/);
});
