import { afterEach, expect, test } from '@jest/globals';
import { commandsExecutor } from '../../lib/local/executors/commands';
import { linesOf } from '../../lib/local/output-text';
import type { PlannedRule } from '../../lib/local/plan';
import { BINDINGS } from '../local/actions/kinds';
import { buildsIn } from '../local/actions/machine';
import { temporaryFolder } from '../local/codebuild/host';
import { closePipelines, openPipeline, planOf } from './pipeline';

const root = temporaryFolder();
afterEach(closePipelines);

const commands = (...list: string[]): PlannedRule => ({
  name: 'Smoke',
  provider: 'Commands',
  action: {
    kind: 'commands',
    id: 'Deploy/Smoke',
    stage: 'Deploy',
    name: 'Smoke',
    runOrder: 1,
    inputs: ['Source'],
    outputs: [],
    roleArn: 'arn:aws:iam::111122223333:role/pipeline',
    commands: list,
    outputVariables: [],
    environment: [],
    files: [],
    computeType: 'BUILD_GENERAL1_SMALL',
  },
});

test.each([
  ['true', 'Succeeded'],
  ['exit 3', 'Failed'],
])('commands of a rule run in their input, and decide', async (command, status) => {
  const beforeEntry = { result: 'FAIL', rules: [commands('echo "#{Source.CommitId}"', command)] } as const;
  const executors = { commands: commandsExecutor(buildsIn(root), BINDINGS) };
  const steps = { 'Source/Source': { variables: { CommitId: '4f2c1d0' } } };
  const { events, provider, run } = await openPipeline(planOf({ Deploy: { beforeEntry } }), steps, {}, executors);
  expect(await run()).toMatchObject({ status });
  const lines = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : []));
  expect(lines).toContain('4f2c1d0');
  expect(provider.ran().includes('Deploy/Run')).toBe(status === 'Succeeded');
});
