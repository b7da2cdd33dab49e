import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COPY, contents, makePath, onLinux, Place, processesWith, until } from './command-line';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

test('validate and plan: what is there, exit code 0; --json is one document', async () => {
  const validated = await place.run(['validate']);
  expect(validated).toMatchObject({ code: 0, stderr: '' });
  expect(validated.stdout).toMatch(
    /^✓ visits-development: \d+ stages, \d+ actions\n✓ .*slipway\.yaml and its templates are valid\n$/,
  );
  expect(contents(place.state)).toEqual(['cdk.out']);

  const planned = await place.run(['plan', 'development']);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toMatch(/^visits-development .*\n(│.*\n)*├─ Source\n/);
  const [plan] = JSON.parse((await place.run(['plan', '--json'])).stdout) as { pipeline: string }[];
  expect(plan?.pipeline).toBe('visits-development');
});

test('an app that throws: its words without the frames of Node and packages, exit code 2, nothing left', async () => {
  const app = join(place.clone, 'app.cjs');
  writeFileSync(app, "require('node:assert').fail('the bucket has no name');\n");
  place.app('node app.cjs');
  for (const command of ['validate', 'plan']) {
    const { code, stdout, stderr } = await place.run([command]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^the CDK app could not be synthesized:\n`node app\.cjs` ended with exit code 1:\n/);
    expect(stderr).toContain('the bucket has no name');
    expect(stderr).not.toMatch(/node:internal|node_modules|Node\.js v|slipway itself broke/);
    expect(contents(place.state)).toEqual([]);
  }
});

test.each([
  ['a manifest that is cut short', (out: string) => truncateSync(join(out, 'manifest.json'), 10)],
  ['a template that is cut short', (out: string) => truncateSync(join(out, 'VisitsDelivery.template.json'), 99)],
  ['a template that is gone', (out: string) => rmSync(join(out, 'VisitsDelivery.template.json'))],
  ['a manifest that names nothing', (out: string) => writeFileSync(join(out, 'manifest.json'), '{}')],
])('cdk.out that was kept, with %s, is made anew', async (_, spoil) => {
  expect((await place.run(['validate'])).code).toBe(0);
  spoil(join(place.state, 'cdk.out'));
  const { code, stdout, stderr } = await place.run(['validate']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✓ visits-development');
});

test('an app that writes no assembly: says what is wrong with it, exit code 2', async () => {
  place.app('echo "{" > "$CDK_OUTDIR/manifest.json"');
  const { code, stderr } = await place.run(['validate']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^the synthesized template can't run here:\n {2}manifest\.json: /);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('what is up to date is kept; region and account from the environment are part of what it was made from', async () => {
  place.app(`echo run >> '${place.folder}/runs'; ${COPY}`);
  const runs = () => readFileSync(join(place.folder, 'runs'), 'utf8').trim().split('\n').length;
  for (const [env, expected] of [
    [{}, 1],
    [{}, 1],
    [{ SLIPWAY_REGION: 'eu-central-1' }, 2],
    [{ SLIPWAY_REGION: 'eu-central-1' }, 2],
    [{ SLIPWAY_REGION: 'eu-central-1', SLIPWAY_ACCOUNT: '123456789012' }, 3],
  ] as const) {
    await place.run(['validate'], { env });
    expect(runs()).toBe(expected);
  }
});

/** Says that it is there, starts a child that would go on for ever, and waits for it. */
const HANGING = 'echo up > "$CDK_OUTDIR/started"; sleep 600 & wait';

onLinux('while the app runs', () => {
  beforeEach(() => place.app(HANGING));

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s: exit code 130, no process and no draft left',
    async (signal) => {
      const validate = place.start(['validate']);
      await appStarted();
      validate.kill(signal);
      const { code, stdout, stderr } = await validate.ended;
      expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: '\nstopping …\n' });
      expect(processesWith(place.folder)).toEqual([]);
      expect(contents(place.state)).toEqual([]);
    },
  );

  test('SIGKILL: the next command works and removes the draft and the lock', async () => {
    const validate = place.start(['validate']);
    await appStarted();
    validate.kill('SIGKILL');
    expect((await validate.ended).signal).toBe('SIGKILL');
    expect(contents(place.state)).toContain('lock');
    place.app('exit 9');
    expect((await place.run(['validate'])).code).toBe(2);
    expect(contents(place.state)).toEqual([]);
    expect((await place.run(['clean'])).code).toBe(0);
    expect(processesWith(place.folder)).toEqual([]);
  });

  test('when the tools cannot be had the app is ended before the message comes', async () => {
    const { code } = await place.run(['run'], { env: { SLIPWAY_PYTHON: '/nowhere' } });
    expect(code).toBe(3);
    expect(processesWith(place.folder)).toEqual([]);
    expect(contents(place.state)).toEqual([]);
  });

  test('another command for the folder: who has it, exit code 4, and the first goes on', async () => {
    const validate = place.start(['validate']);
    await appStarted();
    for (const command of [['run'], ['plan'], ['clean']]) {
      const second = await place.run(command);
      expect(second).toMatchObject({ code: 4, stdout: '' });
      expect(second.stderr).toBe(
        `${place.state} is in use by \`slipway plan or validate\` (process ${validate.pid}): wait until it has ended, or end it; or work in another clone\n`,
      );
    }
    expect(processesWith(place.folder)).not.toEqual([]);
    validate.kill('SIGINT');
    expect((await validate.ended).code).toBe(130);
  });

  const appStarted = (): Promise<void> =>
    until(() => {
      const draft = contents(place.state).find((name) => name.startsWith('cdk.out.'));
      return draft !== undefined && contents(join(place.state, draft)).includes('started');
    });
});

test('a folder with spaces, quotes and letters that are not ASCII', async () => {
  place.remove();
  place = new Place("Überraschung & söhne's $HOME ");
  expect(await place.run(['validate'])).toMatchObject({ code: 0, stderr: '' });
  expect((await place.run(['plan'])).code).toBe(0);
});

test('HOME unset', async () => {
  expect(await place.run(['validate'], { env: { HOME: undefined } })).toMatchObject({ code: 0, stderr: '' });
});

test('node that is not on PATH still runs an app of Node', async () => {
  writeFileSync(join(place.clone, 'app.cjs'), "console.error('ran'); process.exit(7);\n");
  place.app('node app.cjs');
  const { stderr } = await place.run(['validate'], {
    env: { PATH: makePath(join(place.folder, 'path'), ['sh', 'git']) },
  });
  expect(stderr).toContain('ended with exit code 7:\nran');
});
