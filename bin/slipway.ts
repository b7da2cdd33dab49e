import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCode } from './exit-codes';
import { addOperations } from './operation-commands';

const examples = `
Examples:
  slipway run                        the development pipeline, on this machine
  slipway run production --approve   the production pipeline, sign-offs answered with yes
  slipway run --dirty --keep         what is in the work tree now; leave the service up afterwards
  slipway run --json | jq .kind      every event as one line of JSON
  slipway plan production            what would run, as a tree
  slipway preview                    what a deploy would change, on the cluster that run --keep left up
  slipway logs Test/Unit             the output of an action of the last run
  slipway status --watch             how the pipelines are, on AWS or on this machine
  slipway approve production         say yes to the approval that waits
  slipway drill                      every fault that a deploy can meet, and what comes of it
  slipway cost                       what it costs on AWS, and what would be cheaper
  slipway quotas                     what it uses of AWS's limits
  slipway doctor                     what this machine has, what is missing, what to do

Exit codes:
  ${Object.entries(exitCode)
    .map(([meaning, code]) => `${String(code).padEnd(4)} ${meaning}`)
    .join('\n  ')}
`;

const positive = (text: string): number => {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1 to 99.');
  return Number(text);
};

/** `NAME=VALUE`, again and again. */
const variable = (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('expected NAME=VALUE.');
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} has the value ${before[name]} already.`);
  return { ...before, [name]: value };
};

/** `TEMPLATE=LOCAL`, again and again. */
const image = (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const [, name, local] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? [];
  if (name === undefined || local === undefined)
    throw new InvalidArgumentError('expected IMAGE=IMAGE: the one of the build project, and the one to use.');
  return { ...before, [name]: local };
};

const executor = (): Option =>
  new Option('--executor <where>', 'where builds run (default: local.executor of slipway.yaml)').choices([
    'host',
    'docker',
    'podman',
  ]);

const PAUSE = 'hold a build whose command failed, until you say how to go on; slipway shell opens it';

/** Adds the options of the commands that run pipelines on this machine. */
const runsHere = (command: Command): Command =>
  command
    .option('--dirty', 'run the work tree as it is, not the last commit')
    .option('--keep', 'leave the cluster and the service up afterwards (slipway clean --cluster ends them)')
    .option('--approve', 'answer every manual approval with yes')
    .option('--context <name>', 'deploy to this context of your kubeconfig, not to the embedded cluster')
    .addOption(executor())
    .option('--executor-image <IMAGE=IMAGE>', 'use this image for that of a build project; may be repeated', image)
    .option('--pause-on-failure', PAUSE)
    .option('--real-time', 'let bake times pass as on AWS, not 60 times faster')
    .option('--verbose', 'show all output as it comes')
    .addOption(new Option('--json', 'print events as JSON lines').conflicts('verbose'));

const program = new Command('slipway')
  .description('Runs the pipelines that slipway.yaml describes: on AWS through CDK, and unchanged on this machine.')
  .version('0.1.0')
  .option('-c, --config <file>', 'configuration file (default: slipway.yaml here or in a folder above)')
  .showHelpAfterError('(slipway --help shows examples)')
  .exitOverride()
  .addHelpText('after', examples);

runsHere(
  program
    .command('run')
    .description('run a pipeline on this machine')
    .argument('[pipeline]', 'development, production, or a full name', 'development'),
)
  .option('--variable <NAME=VALUE>', 'a variable of the pipeline, e.g. IgnoreAlarms=yes; may be repeated', variable)
  .action(async (pipeline, options) =>
    (await import('./commands/run')).run(pipeline, { ...program.opts(), ...options }),
  );

runsHere(
  program
    .command('resume')
    .description('go on with a run that was killed: what has ended stays, what was interrupted runs again')
    .argument('[execution]', 'an execution id, or the beginning of one; default: the last that is unfinished'),
).action(async (execution, options) =>
  (await import('./commands/resume')).resume(execution, { ...program.opts(), ...options }),
);

program
  .command('up')
  .description(
    'serve the pipelines on this machine: `git push` starts them, aws and slipway operate them; until Ctrl-C',
  )
  .option('--remote', 'set the git remote `slipway` of your repository')
  .addOption(new Option('--detach', 'in the background, until slipway down').conflicts('json'))
  .addOption(executor())
  .option('--executor-image <IMAGE=IMAGE>', 'use this image for that of a build project; may be repeated', image)
  .option('--approve', 'answer every manual approval with yes')
  .option('--context <name>', 'deploy to this context of your kubeconfig, not to the embedded cluster')
  .option('--real-time', 'let bake times pass as on AWS, not 60 times faster')
  .option('--verbose', 'show all output as it comes')
  .addOption(new Option('--json', 'print events as JSON lines').conflicts('verbose'))
  .action(async (options) => (await import('./commands/up')).up({ ...program.opts(), ...options }));

program
  .command('down')
  .description('end the `slipway up` of this folder; what runs goes on with the next one')
  .action(async () => (await import('./commands/down')).down(program.opts()));

program
  .command('plan')
  .description('show what would run, as a tree')
  .argument('[pipeline]', 'development, production, or a full name; default: all')
  .option('--json', 'print the plan as JSON')
  .action(async (pipeline, options) =>
    (await import('./commands/plan')).plan(pipeline, { ...program.opts(), ...options }),
  );

program
  .command('preview')
  .description('show what a deploy of the work tree would change in an environment; reads only')
  .argument('[environment]', 'an environment of slipway.yaml; default: the first')
  .option(
    '--context <name>',
    'compare with this context of your kubeconfig, not with the cluster of slipway run --keep',
  )
  .action(async (environment, options) =>
    (await import('./commands/preview')).preview(environment, { ...program.opts(), ...options }),
  );

program
  .command('validate')
  .description(
    'check slipway.yaml and the synthesized pipelines; or templates of anybody by the rules of docs/rules.md',
  )
  .option('--template <file...>', 'CloudFormation templates, JSON or YAML, in place of slipway.yaml')
  .option('--privileged <project...>', 'with --template: CodeBuild projects that may be privileged', [])
  .action(async ({ template, privileged, ...options }) =>
    template === undefined
      ? (await import('./commands/validate')).validate({ ...program.opts(), ...options })
      : (await import('./commands/validate-template')).validateTemplate(template, privileged),
  );

program
  .command('cost')
  .description('estimate what the project costs on AWS: a month idle, each run, and what would make it cheaper')
  .option('--assume <NAME=VALUE>', 'a number of your own in place of an assumed one; may be repeated', variable)
  .option('--assembly <folder>', 'of this cdk.out, not of slipway.yaml')
  .option('--no-measured', 'take assumed durations, not those of the runs on this machine')
  .option('--json', 'print JSON, with every position')
  .action(async (options) => (await import('./commands/cost')).cost({ ...program.opts(), ...options }));

program
  .command('quotas')
  .description("show what the project uses of AWS's limits, and which a growing team meets first; 1 if one is exceeded")
  .option('--limit <NAME=VALUE>', 'a limit that your account has raised; may be repeated', variable)
  .option('--assembly <folder>', 'of this cdk.out, not of slipway.yaml')
  .option('--json', 'print JSON, with every limit and its source')
  .action(async (options) => (await import('./commands/quotas')).quotas({ ...program.opts(), ...options }));

addOperations(program, { variable, runsHere });

program
  .command('drill')
  .description('put faults in on purpose, and show that no deploy leaves a bad release behind')
  .argument('[drill...]', 'names or numbers; default: all')
  .option('--list', 'list the drills')
  .option('--context <name>', 'in a namespace of this context of your kubeconfig, not on an embedded cluster')
  .option('--namespace <name>', 'the namespace there')
  .option('--image <repository@digest>', 'the image of lib/drill/server, where that cluster can pull it')
  .option('--at-once <number>', 'how many drills run at a time', positive, 3)
  .addOption(new Option('--verbose', 'show what the deployers print'))
  .addOption(new Option('--json', 'print results as JSON lines').conflicts('verbose'))
  .action(async (words, options) => (await import('./commands/drill')).drill(words, options));

program
  .command('clean')
  .description('remove what runs left: the cluster, its processes, runs, images, caches')
  .option('--cluster', 'only the embedded cluster and its state')
  .option('--runs', 'only the runs')
  .action(async (options) => (await import('./commands/clean')).clean({ ...program.opts(), ...options }));

program
  .command('doctor')
  .description('tell what this machine has and what is missing')
  .action(async (options) => (await import('./commands/doctor')).doctor({ ...program.opts(), ...options }));

// A reader that closes its end (`slipway logs | head`), or a terminal that is gone, is no error: what runs is told and
// ends in order, else all ends at once.
let told = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    told = process.emit('SIGPIPE', 'SIGPIPE') || told;
    if (!told) process.exit(0);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    process.exitCode =
      (error as { exitCode?: number }).exitCode === 0 ? 0 : exitCode['usage, configuration or template is wrong'];
  } else {
    const { report } = await import('./failure');
    process.exitCode = report(error);
  }
}
