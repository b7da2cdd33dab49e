import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly, Template } from '../../../../lib/local/assembly';
import { systemClock } from '../../../../lib/local/clock';
import { openBus } from '../../../../lib/local/events/bus';
import { openNotifications } from '../../../../lib/local/events/notifications';
import { pipelineEvents } from '../../../../lib/local/events/pipeline-events';
import { deliverTo } from '../../../../lib/local/events/targets';
import type { Plan } from '../../../../lib/local/plan';
import { readPlan } from '../../../../lib/local/read-plan';
import { readWorld } from '../../../../lib/local/world';
import { closePipelines, openPipeline } from '../../../conformance/pipeline';
import type { Step } from '../../../conformance/provider';
import { BINDINGS } from '../../../local/plan/delivery-assembly';
import { resources, type Templates } from '../templates';

/** The code of functions, which does not run here: a folder that is there. */
const codeOf = (all: Templates): Assembly['assets'] =>
  resources(all, 'AWS::Lambda::Function').map(({ properties: { Code } }) => ({
    bucket: Code.S3Bucket['Fn::Sub'] ?? Code.S3Bucket,
    key: Code.S3Key,
    path: __dirname,
    packaging: 'zip',
  }));

const assemblyOf = (all: Templates): Assembly => ({
  directory: '/',
  assets: codeOf(all),
  stacks: Object.entries(all).map(([name, template]) => ({
    name,
    file: `${name}.template.json`,
    directory: '/',
    template: { Parameters: {}, Mappings: {}, Conditions: {}, Outputs: {}, ...template } as unknown as Template,
  })),
});

/** How every action of a pipeline of ours ends well; `more` goes before. */
const WELL: Readonly<Record<string, Step>> = {
  'Source/Source': { variables: { CommitId: 'c'.repeat(40), BranchName: 'main', RepositoryName: 'visits' } },
  'Build/Build': { variables: { VERSION: '1.0.0-cccccccccccc', TESTED: 'no' } },
  'Test/Image': { variables: { IMAGE_DIGEST: `sha256:${'a'.repeat(64)}` } },
};

/**
 * Runs a pipeline of the templates with actions that end as `steps` say, over an event bus with the templates' own rules and topics,
 * until `untilAsked` an approval waits or the execution has ended. Gives what was published to people. Throws what the templates
 * lack so that they cannot be read.
 */
export async function told(
  all: Templates,
  pipeline: string,
  {
    steps = {},
    untilAsked = false,
  }: { readonly steps?: Readonly<Record<string, Step>>; readonly untilAsked?: boolean },
): Promise<string[]> {
  const assembly = assemblyOf(all);
  const [world, plans] = [readWorld(assembly, BINDINGS), readPlan(assembly, BINDINGS)];
  if (!world.ok || !plans.ok) throw new Error(JSON.stringify([world.ok || world.errors, plans.ok || plans.errors]));
  const plan = plans.value.find((each) => each.pipeline === pipeline) as Plan;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-told-'));
  const messages: string[] = [];
  const notifications = openNotifications({
    file: join(folder, 'notifications.jsonl'),
    topics: world.value.topics,
    show: ({ message }) => void messages.push(message),
    now: systemClock.now,
  });
  const bus = openBus({
    ...BINDINGS,
    folder,
    rules: world.value.rules,
    deliver: deliverTo({ pipelines: () => new Map(), notifications }),
    warn: () => {},
    clock: systemClock,
    newId: randomUUID,
    random: () => 0,
  });
  bus.start();
  const opened = await openPipeline(plan, { ...WELL, ...steps });
  let telling: Promise<unknown> = Promise.resolve();
  let isAsked = false;
  opened.host.subscribe((event) => {
    isAsked ||= event.kind === 'approval-requested';
    const contents = pipelineEvents(opened.host, event, BINDINGS);
    telling = telling.then(() => bus.publish(contents));
  });
  try {
    const execution = await opened.start();
    if (untilAsked) await Promise.race([opened.until(() => isAsked), opened.host.ended(execution)]);
    else await opened.host.ended(execution);
    await telling;
    await bus.idle();
  } finally {
    await closePipelines();
    await telling;
    await bus.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return messages;
}
