import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { showLogs } from '../../lib/ops/follow';
import { streamOf } from '../../lib/ops/log-streams';
import { actions, GOOD, QUALITY_BUILD, UNIT_BUILD } from './answers';
import { countingClock, fakeAws, serviceError } from './fake-aws';

/** CloudWatch Logs with streams that grow by a scene at every look: [what is written, what the pipeline says]. */
class Play {
  private scene = 0;
  readonly lines: string[] = [];
  readonly notes: string[] = [];

  constructor(
    private readonly scenes: readonly {
      readonly runs: readonly ActionExecutionDetail[];
      /** Build -> its lines so far; a build that is not here has no stream yet. */
      readonly written?: Readonly<Record<string, readonly (readonly [time: number, text: string])[]>>;
      readonly status?: string;
      readonly fails?: string;
    }[],
  ) {}

  private get now() {
    return this.scenes[Math.min(this.scene, this.scenes.length - 1)] ?? { runs: [] };
  }

  readonly aws = fakeAws({
    'codepipeline:GetPipelineExecution': () => {
      const { fails, status = 'InProgress' } = this.now;
      if (fails) {
        this.scene++;
        throw serviceError(fails);
      }
      return { pipelineExecution: { status } };
    },
    'codepipeline:ListActionExecutions': () => ({ actionExecutionDetails: [...this.now.runs].reverse() }),
    'codebuild:BatchGetBuilds': ({ ids }: { ids: string[] }) => ({
      builds: ids.map((id) => ({
        id,
        logs: { groupName: '/aws/codebuild/visits-test', streamName: id.split(':')[1] },
      })),
    }),
    'logs:GetLogEvents': ({ logStreamName, nextToken }: { logStreamName: string; nextToken?: string }) => {
      const build = Object.entries(this.now.written ?? {}).find(([id]) => id.endsWith(logStreamName));
      if (!build) throw serviceError('ResourceNotFoundException', 'The specified log stream does not exist.');
      const from = Number(nextToken?.slice(2) ?? 0);
      // One line a page, to see that pages are gone through.
      const events = build[1].slice(from, from + 1).map(([timestamp, text]) => ({ timestamp, message: `${text}\n` }));
      return { events, nextForwardToken: `f/${from + events.length}` };
    },
  });

  async show(options: { follow?: boolean; only?: string } = {}) {
    const controller = new AbortController();
    const { follow = true, only } = options;
    const clock = countingClock(controller);
    const shown = await showLogs(
      this.aws,
      {
        pipeline: 'visits-production',
        execution: GOOD,
        wanted: (name) => only === undefined || name === only,
        follow,
        single: only !== undefined,
        clock: {
          sleep: async (milliseconds) => {
            this.scene++;
            await clock.sleep(milliseconds);
          },
        },
        signal: controller.signal,
      },
      {
        line: (action, text) => this.lines.push(`${action} │ ${text}`),
        note: (text) => this.notes.push(text),
      },
    );
    return shown.ok ? shown.value.status : shown.errors[0]?.message;
  }
}

const run = (action: string, status: string): ActionExecutionDetail => {
  const found = actions.find(({ actionName }) => actionName === action);
  return { ...found, status: status as ActionExecutionDetail['status'] };
};
const source = run('Source', 'Succeeded');

test('follows from action to action until the execution has ended, and waits for the last lines', async () => {
  const play = new Play([
    { runs: [] },
    { runs: [run('Source', 'InProgress')] },
    // Named before its stream is there.
    { runs: [source, run('Unit', 'InProgress')] },
    { runs: [source, run('Unit', 'InProgress')], written: { [UNIT_BUILD]: [[1, 'one']] } },
    { runs: [source, run('Unit', 'Succeeded'), run('Quality', 'InProgress')], written: { [UNIT_BUILD]: [[1, 'one']] } },
    {
      runs: [source, run('Unit', 'Succeeded'), run('Quality', 'Succeeded')],
      written: {
        [UNIT_BUILD]: [
          [1, 'one'],
          [2, 'two, late'],
        ],
        [QUALITY_BUILD]: [[3, 'three']],
      },
      status: 'Succeeded',
    },
  ]);
  expect(await play.show()).toBe('Succeeded');
  expect(play.lines).toEqual(['Test/Unit │ one', 'Test/Unit │ two, late', 'Test/Quality │ three']);
  expect(play.notes).toEqual([
    'Source/Source: Succeeded (CodeCommit)',
    'Test/Unit: Succeeded',
    'Test/Quality: Succeeded',
  ]);
});

test('lines of actions that run at once come in the order of their time', async () => {
  const play = new Play([
    {
      runs: [run('Unit', 'Succeeded'), run('Quality', 'Failed')],
      written: {
        [UNIT_BUILD]: [
          [1, 'a'],
          [4, 'd'],
        ],
        [QUALITY_BUILD]: [
          [2, 'b'],
          [3, 'c'],
        ],
      },
      status: 'Failed',
    },
  ]);
  expect(await play.show()).toBe('Failed');
  expect(play.lines).toEqual(['Test/Unit │ a', 'Test/Quality │ b', 'Test/Quality │ c', 'Test/Unit │ d']);
});

test('one action: its end is the end, though the execution goes on', async () => {
  const play = new Play([
    { runs: [source] },
    { runs: [source, run('Unit', 'Failed'), run('Quality', 'InProgress')], written: { [UNIT_BUILD]: [[1, 'one']] } },
  ]);
  expect(await play.show({ only: 'Test/Unit' })).toBe('Failed');
  expect(play.lines).toEqual(['Test/Unit │ one']);
});

test('an approval that waits is told once, with the command that answers it', async () => {
  const waits = { runs: [run('ClientSignOff', 'InProgress')] };
  const play = new Play([waits, waits, { runs: [run('ClientSignOff', 'Succeeded')], status: 'Succeeded' }]);
  expect(await play.show()).toBe('Succeeded');
  expect(play.notes).toEqual([
    'SignOff/ClientSignOff waits for approval: slipway approve visits-production SignOff/ClientSignOff',
    'SignOff/ClientSignOff: Succeeded (Manual)',
  ]);
});

test('throttling and a network that is gone for a moment do not end it', async () => {
  const play = new Play([
    { runs: [], fails: 'ThrottlingException' },
    { runs: [], fails: 'ECONNRESET' },
    { runs: [source], status: 'Succeeded' },
  ]);
  expect(await play.show()).toBe('Succeeded');
});

test('but for ever it is not tried', async () => {
  const play = new Play([...Array(40)].map(() => ({ runs: [], fails: 'ThrottlingException' })));
  expect(await play.show()).toBe('AWS throttles GetPipelineExecution: try again in a moment');
});

test('any other error ends it at once', async () => {
  const play = new Play([{ runs: [], fails: 'AccessDeniedException' }]);
  expect(await play.show()).toMatch(/^not allowed: the caller needs codepipeline:GetPipelineExecution/);
});

test('without following: what is there, action after action', async () => {
  const play = new Play([
    {
      runs: [run('Unit', 'InProgress'), run('Quality', 'Succeeded')],
      written: {
        [UNIT_BUILD]: [
          [1, 'a'],
          [4, 'd'],
        ],
        [QUALITY_BUILD]: [[2, 'b']],
      },
    },
  ]);
  await play.show({ follow: false });
  expect(play.lines).toEqual(['Test/Unit │ a', 'Test/Unit │ d', 'Test/Quality │ b']);
});

test('a log that is gone is told', async () => {
  const play = new Play([{ runs: [run('Unit', 'Succeeded')], status: 'Succeeded' }]);
  await play.show({ follow: false });
  expect(play.notes).toEqual(['Test/Unit: Succeeded (its log is gone, or was never written)']);
});

test('a batch: the log of every build, under its identifier', async () => {
  const batch = run('Unit', 'Succeeded');
  const configuration = { ProjectName: 'visits-test', BatchEnabled: 'true' };
  const play = new Play([
    {
      runs: [{ ...batch, input: { ...batch.input, configuration, resolvedConfiguration: configuration } }],
      written: { [QUALITY_BUILD]: [[1, 'one']] },
      status: 'Succeeded',
    },
  ]);
  const { codebuild } = play.aws;
  const buildGroups = [
    {
      identifier: 'linux',
      currentBuildSummary: { arn: `arn:aws:codebuild:eu-west-1:111122223333:build/${QUALITY_BUILD}` },
    },
  ];
  const send = (command: { constructor: { name: string }; input: { ids: string[] } }) =>
    command.constructor.name === 'BatchGetBuildBatchesCommand'
      ? { buildBatches: [{ id: command.input.ids[0], buildGroups }] }
      : codebuild.send(command as never);
  Object.assign(play.aws, { codebuild: { send } });
  await play.show();
  expect(play.lines).toEqual(['Test/Unit/linux │ one']);
});

describe('a function', () => {
  const invoked = { category: 'Invoke' as const, owner: 'AWS' as const, provider: 'Lambda', version: '1' };
  const bake = (status: string): ActionExecutionDetail => {
    const { input, ...unit } = run('Unit', status);
    const configuration = { FunctionName: 'visits-bake' };
    return {
      ...unit,
      actionName: 'Bake',
      input: { ...input, actionTypeId: invoked, configuration, resolvedConfiguration: configuration },
      output: {},
    };
  };
  const started = actions.find(({ actionName }) => actionName === 'Unit')?.startTime?.getTime() ?? 0;

  test('what it wrote while the action ran, each line once, though looks overlap and pages are short', async () => {
    const play = new Play([{ runs: [bake('InProgress')] }, { runs: [bake('Succeeded')], status: 'Succeeded' }]);
    const asked: object[] = [];
    const events = ['a', 'b'].map((message, at) => ({
      eventId: message,
      timestamp: started + at,
      message: `${message}\n`,
    }));
    Object.assign(play.aws, {
      logs: {
        send: async ({ input }: { input: { nextToken?: string } }) => {
          asked.push(input);
          return input.nextToken ? { events: events.slice(1) } : { events: events.slice(0, 1), nextToken: 'more' };
        },
      },
    });
    expect(await play.show()).toBe('Succeeded');
    expect(play.lines).toEqual(['Test/Bake │ a', 'Test/Bake │ b']);
    expect(asked[0]).toEqual({ logGroupName: '/aws/lambda/visits-bake', startTime: started });
    // Its end, with what comes late.
    expect(asked.at(-1)).toMatchObject({ endTime: started + 10_000 });
  });
});

test('the log of an action that CodePipeline runs by itself is where its ARN says', () => {
  expect(streamOf('arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codepipeline/visits:log-stream:a/b-c')).toEqual({
    group: '/aws/codepipeline/visits',
    stream: 'a/b-c',
  });
  expect(streamOf('arn:aws:s3:::bucket')).toBeUndefined();
});
