import { hostname } from 'node:os';
import { Command, CommanderError } from 'commander';
import {
  type CommonOptions,
  type DeployOptions,
  withCommonOptions,
  withProvenanceOptions,
  withReleaseOptions,
} from './options';
import { EXIT_CODES } from './outcome';
import { runProgram, USAGE } from './program';
import { systemClock, textLog } from './system';

// Which Node runs it is the build image's choice.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const stop = new AbortController();
let signals = 0;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    console.log(`\n${signal}: stopping, the lock is given back`);
    stop.abort();
    if (++signals > 1) process.exit(EXIT_CODES.Error);
  });
}

const surroundings = {
  environment: process.env,
  log: textLog((line) => console.log(line)),
  clock: systemClock,
  random: Math.random,
  fetch,
  signal: stop.signal,
  defaultId: `${hostname()}-${process.pid}-${Date.now().toString(36)}`,
};
const now = (): Date => systemClock.now();
const end = (code: number): void => {
  process.exitCode = code;
};

const program = new Command('deploy')
  .description('Brings a release to an environment of a Kubernetes cluster, and never leaves a bad one behind.')
  .exitOverride()
  .showHelpAfterError()
  .addHelpText('after', USAGE);

withProvenanceOptions(
  withReleaseOptions(withCommonOptions(program.command('deploy').description('bring a release up'), now)),
  'deploy',
)
  .option('--alarms <name...>', 'CloudWatch alarms that must not fire when a new release goes in', [])
  .option('--ignore-alarms', 'let a release in though one of them fires: it may be the fix', false)
  .option('--accept', 'a verified release is the last known good one at once', false)
  .action(async (options: DeployOptions) => end(await runProgram('deploy', options, surroundings)));
withProvenanceOptions(
  withCommonOptions(program.command('accept').description('make the verified release the last known good one'), now),
  'restore',
).action(async (options: CommonOptions) => end(await runProgram('accept', options, surroundings)));
withProvenanceOptions(
  withCommonOptions(program.command('restore').description('put the last known good release back'), now),
  'restore',
).action(async (options: CommonOptions) => end(await runProgram('restore', options, surroundings)));
withReleaseOptions(
  withCommonOptions(program.command('preview').description('show what a deploy would change; reads only'), now),
).action(async (options: DeployOptions) => end(await runProgram('preview', options, surroundings)));

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) return end(error.exitCode === 0 ? 0 : 2);
  console.error(error);
  console.log(`Error: the deployer itself broke: ${(error as Error).message}`);
  end(EXIT_CODES.Error);
});
