import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contents, Place } from './command-line';

let place: Place;
beforeAll(() => {
  place = new Place();
});
afterAll(() => place.remove());

test('--help shows commands, examples and exit codes', async () => {
  const { code, stdout, stderr } = await place.run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of [
    'run',
    'plan',
    'preview',
    'validate',
    'logs',
    'drill',
    'clean',
    'doctor',
    'slipway run production --approve',
    '130',
  ])
    expect(stdout).toContain(word);
});

const commands = [
  ...['run', 'plan', 'preview', 'validate', 'logs', 'drill', 'clean', 'doctor', 'cost', 'quotas'],
  ...['status', 'start', 'approve', 'reject', 'retry', 'rollback', 'override', 'stop', 'transition', 'shell'],
];

test.each(commands)('%s --help tells its options', async (command) => {
  const { code, stdout } = await place.run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: slipway ${command}`);
});

test.each([
  ['no command', [], 'Usage: slipway'],
  ['an unknown command', ['rum'], "unknown command 'rum'\n(Did you mean run?)"],
  ['an unknown option', ['run', '--dirrty'], "unknown option '--dirrty'\n(Did you mean --dirty?)"],
  ['too many words', ['validate', 'this'], 'too many arguments'],
  [
    'options that exclude each other',
    ['run', '--json', '--verbose'],
    "'--json' cannot be used with option '--verbose'",
  ],
  ['an unknown pipeline to run', ['run', 'prod'], 'no pipeline prod; there are: visits-development, visits-production'],
  [
    'variables of a pipeline that it has not, and values that they cannot have',
    ['run', 'production', '--variable', 'IgnoreAlarms=maybe', '--variable', 'Colour=blue'],
    'visits-production: the variable IgnoreAlarms cannot be maybe; it takes: no, yes\nvisits-production: the pipeline has no variable Colour; it has: IgnoreAlarms\n',
  ],
  ['a variable without a value', ['run', '--variable', 'IgnoreAlarms'], 'expected NAME=VALUE'],
  ['a variable that is empty', ['run', '--variable', 'IgnoreAlarms='], 'the variable IgnoreAlarms cannot be empty'],
  [
    'a variable twice',
    ['run', '--variable', 'IgnoreAlarms=yes', '--variable', 'IgnoreAlarms=no'],
    'IgnoreAlarms has the value yes already',
  ],
  ['an unknown pipeline to plan', ['plan', 'x'], 'no pipeline x; there are: visits-development, visits-production'],
  ['a configuration that is not there', ['validate', '--config', 'nope.yaml'], 'nope.yaml'],
  ['an unknown environment to preview', ['preview', 'x'], 'no environment x; it has dev, staging, production'],
  ['a preview without a cluster', ['preview'], 'no cluster is up to compare with: `slipway run --keep` leaves one'],
  ['an unknown drill', ['drill', 'nope'], 'no drill is called nope: slipway drill --list shows all'],
  [
    'drills on half a cluster',
    ['drill', '--context', 'x'],
    'drills on a real cluster need all of --context, --namespace and --image',
  ],
  ['options of the operations that exclude each other', ['status', '--local', '--aws'], '--local excludes --aws'],
  ['two places to retry from', ['retry', '--from', 'Test', '--all'], "cannot be used with option '--all'"],
  ['options of a run for a retry on AWS', ['retry', '--aws', '--keep'], '--keep: only for a retry in this process'],
  ['a rollback of no stage', ['rollback'], "required option '--stage <name>' not specified"],
  [
    'a disabled transition without a reason',
    ['transition', 'disable', '--stage', 'Dev'],
    "'--reason <text>' not specified",
  ],
  ['a revision without an action', ['start', '--aws', '--revision', 'abc'], '--revision abc: expected ACTION=COMMIT'],
  ['logs before any run', ['logs'], 'there is no run yet: `slipway run` makes one'],
  ['logs of an unknown run', ['logs', '--run', '0815'], 'no run 0815; `slipway logs --list` shows them'],
])('%s: one message, exit code 2, nothing made', async (_, args, message) => {
  const { code, stdout, stderr } = await place.run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(contents(place.project)).toEqual(['service', 'slipway.yaml']);
});

test('no slipway.yaml here or above: says so and what to do', async () => {
  const { code, stderr } = await place.run(['run'], { cwd: place.folder });
  expect(code).toBe(2);
  expect(stderr).toBe(
    `no slipway.yaml in ${place.folder} or a folder above it: change to your project, or name the file with --config\n`,
  );
});

test('a project is found from a folder below it', async () => {
  expect((await place.run(['logs', '--list'], { cwd: place.service })).code).toBe(0);
});

test.each(['run', 'plan', 'preview', 'validate'])(
  '%s: every error of slipway.yaml at once, each with its place',
  async (command) => {
    const file = join(place.folder, 'wrong.yaml');
    writeFileSync(file, 'service:\n  nam: visits\n  path: nowhere\nbranches:\n  main: x\n');
    const { code, stdout, stderr } = await place.run([command, '--config', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trim().split('\n');
    expect(lines.at(-1)).toMatch(/^\d+ errors in the configuration; docs\/configuration.md lists every key$/);
    expect(lines.slice(0, -1).length).toBe(Number(lines.at(-1)?.split(' ')[0]));
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/wrong\.yaml:\d+:\d+ /);
    expect(stderr).toContain(':2:3 service.nam: unknown key; did you mean `name`?');
    expect(contents(place.folder)).not.toContain('.slipway');
  },
);
