import { type Command, Option } from 'commander';

/** What commands that run pipelines on this machine have too. */
interface Shared {
  readonly variable: (text: string, before?: Readonly<Record<string, string>>) => Record<string, string>;
  readonly runsHere: (command: Command) => Command;
}

/** Adds the commands that operate pipelines, on AWS and on this machine alike (docs/operations.md). */
export function addOperations(program: Command, { variable, runsHere }: Shared): void {
  /** Where the pipelines are; every command takes these. */
  const operation = (name: string, description: string, examples: readonly string[], parent = program): Command =>
    parent
      .command(name)
      .description(description)
      .option('--aws', 'pipelines on AWS, though a Slipway runs in this project')
      .option('--local', 'pipelines of the Slipway that runs in this project; an error if none runs')
      .option('--profile <name>', 'pipelines on AWS, as this profile of your AWS configuration')
      .option('--region <name>', 'pipelines on AWS, in this region (default: aws.region of slipway.yaml, else yours)')
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  const yes = () => new Option('-y, --yes', 'do not ask before something changes on AWS');
  const execution = (what: string) =>
    new Option('--execution <id>', `${what}: an execution id, or the beginning of one`);
  const wait = () => new Option('--wait', 'wait for the end; the exit code is 0 if it succeeded, else 1');
  // biome-ignore lint/suspicious/noExplicitAny: commander's own type for options
  const given = (options: any) => ({ ...program.opts(), ...options });

  operation('status', 'show how pipelines are', [
    'slipway status                     all pipelines of the project',
    'slipway status production --watch  redrawn until Ctrl-C',
    'slipway status --profile ops --json | jq ".pipelines[].stages[].status"',
  ])
    .argument('[pipeline]', 'development, production, or a full name; default: all of the project')
    .addOption(new Option('--json', 'print JSON'))
    .option('--watch', 'look again and again until Ctrl-C')
    .option('--exit-status', "end with 1 if a pipeline's last execution did not succeed")
    .action(async (pipeline, options) => (await import('./commands/status')).status(pipeline, given(options)));

  operation('start', 'start a pipeline', [
    'slipway start development --wait',
    'slipway start production --variable IgnoreAlarms=yes --yes',
    'slipway start production --revision Source=fcbd3b51048093e6a3f5b5e3a9a3a0d6c1b0f7e2',
  ])
    .argument('[pipeline]', 'development, production, or a full name')
    .option('--variable <NAME=VALUE>', 'a variable of the pipeline; may be repeated', variable)
    .option(
      '--revision <ACTION=COMMIT>',
      'the commit that a source action takes, not the newest; may be repeated',
      (text: string, before: string[] = []) => [...before, text],
    )
    .addOption(wait())
    .addOption(yes())
    .action(async (pipeline, options) => (await import('./commands/start')).start(pipeline, given(options)));

  operation('logs', 'print what actions wrote: now, in a past run, or on AWS', [
    'slipway logs                       the last run on this machine, or what runs now',
    'slipway logs Test/Unit -f          follow one action',
    'slipway logs --profile ops --pipeline production -f',
    'slipway logs --list',
  ])
    .argument('[action]', 'an action such as Test/Unit, or a stage; default: all')
    .option('-f, --follow', 'go on until the execution ends; the exit code is 0 if it succeeded, else 1')
    .option('--pipeline <name>', 'of this pipeline; default: the newest execution of any')
    .addOption(execution('of this execution'))
    .option('--run <execution>', 'a past run of this machine: its id, or the beginning of one')
    .option('--list', 'list the executions')
    .action(async (action, options) => (await import('./commands/logs')).logs(action, given(options)));

  const answers = [
    ['approve', 'say yes to the approval that waits', 'slipway approve production --comment "agreed in CHG-42"'],
    [
      'reject',
      'say no to the approval that waits',
      'slipway reject production SignOff/ClientSignOff --comment "not on a Friday"',
    ],
  ] as const;
  for (const [name, description, example] of answers)
    operation(name, description, [example, `slipway ${name} SignOff/ClientSignOff`])
      .argument('[pipeline]', 'development, production, or a full name; default: any of the project')
      .argument('[action]', 'Stage/Action; default: the only one that waits')
      .option('--comment <text>', 'a comment, for the record')
      .addOption(execution('the execution that waits'))
      .addOption(yes())
      .action(async (pipeline, action, options) =>
        name === 'approve'
          ? (await import('./commands/approve')).approve(pipeline, action, given(options))
          : (await import('./commands/reject')).reject(pipeline, action, given(options)),
      );

  runsHere(
    operation('retry', 'let a failed execution go on', [
      'slipway retry                      the actions that failed, and what comes after them',
      'slipway retry production --stage Production --all',
      'slipway retry --from Test          the whole stage Test again',
      'slipway retry --from Test/Unit     from that action on',
    ])
      .argument('[pipeline]', 'development, production, or a full name')
      .option('--stage <name>', 'the stage; default: the only one that failed')
      .option('--all', 'all actions of the stage, not only those that failed')
      .addOption(new Option('--from <Stage[/Action]>', 'from there on').conflicts(['stage', 'all'])),
  )
    .addOption(wait())
    .addOption(yes())
    .action(async (pipeline, options) => (await import('./commands/retry')).retry(pipeline, given(options)));

  operation('rollback', 'bring back what a stage had before', [
    'slipway rollback production --stage Production --list',
    'slipway rollback production --stage Production             the last good one before the present',
    'slipway rollback production --stage Production --to 7363ca23 --yes --wait',
  ])
    .argument('[pipeline]', 'development, production, or a full name')
    .requiredOption('--stage <name>', 'the stage')
    .option('--to <execution>', 'the execution to go back to: its id, or the beginning of it')
    .option('--list', 'list what the stage can go back to')
    .addOption(wait())
    .addOption(yes())
    .action(async (pipeline, options) => (await import('./commands/rollback')).rollback(pipeline, given(options)));

  operation('provenance', 'show how an image came about, and verify it as a deploy does', [
    'slipway provenance                          the image that was pushed last',
    'slipway provenance 1.4.2-35285eee9d55       of this version; or sha256:…',
    'slipway provenance --json | jq .problems',
  ])
    .argument('[image]', 'a version, or a digest; default: what was pushed last')
    .option('--pipeline <pipeline>', 'verify as the deploys of this pipeline (default: development)')
    .addOption(new Option('--json', 'print JSON'))
    .action(async (image, options) => (await import('./commands/provenance')).provenance(image, given(options)));

  operation('override', 'let an execution go on whose stage a condition has failed', [
    'slipway override production --stage Production',
  ])
    .argument('[pipeline]', 'development, production, or a full name')
    .requiredOption('--stage <name>', 'the stage')
    .addOption(wait())
    .addOption(yes())
    .action(async (pipeline, options) => (await import('./commands/override')).override(pipeline, given(options)));

  operation('stop', 'stop an execution', [
    'slipway stop                       what runs may finish, nothing new starts',
    'slipway stop production --abandon --reason "wrong branch"',
  ])
    .argument('[pipeline]', 'development, production, or a full name')
    .addOption(execution('the execution (default: the only one under way)'))
    .option('--abandon', 'leave what runs to itself, do not wait for it')
    .option('--reason <text>', 'why, for the record')
    .addOption(yes())
    .action(async (pipeline, options) => (await import('./commands/stop')).stop(pipeline, given(options)));

  operation('shell', 'open a shell inside a build that slipway run --pause-on-failure holds', [
    'slipway shell                      the build that is held',
    'slipway shell Test/Unit',
    'slipway shell --done               let it go on',
    'slipway shell --aws Test/Unit      how to get the same in CodeBuild',
  ])
    .argument('[build]', 'Stage/Action, or the id of a build; default: the only one that is held')
    .option('--done', 'end the hold: the build goes on, as failed if its command failed')
    .option('--list', 'list the builds that are held')
    .option('--pipeline <name>', 'on AWS: of this pipeline')
    .action(async (build, options) => (await import('./commands/shell')).shell(build, given(options)));

  const transitions = program.command('transition').description('open or close the way into a stage');
  for (const direction of ['enable', 'disable'] as const) {
    const reason = direction === 'disable' ? ' --reason "change freeze"' : '';
    const command = operation(
      direction,
      `${direction} the way into a stage`,
      [`slipway transition ${direction} production --stage Production${reason}`],
      transitions,
    )
      .argument('[pipeline]', 'development, production, or a full name')
      .requiredOption('--stage <name>', 'the stage')
      .addOption(yes())
      .action(async (pipeline, options) =>
        (await import('./commands/transition')).transition(direction, pipeline, given(options)),
      );
    if (direction === 'disable') command.requiredOption('--reason <text>', 'why: status shows it to everybody');
  }
}
