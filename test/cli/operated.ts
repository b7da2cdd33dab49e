import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { announceEndpoint } from '../../lib/local/aws/announce';
import { type Endpoint, startEndpoint } from '../../lib/local/aws/endpoint';
import { systemClock } from '../../lib/local/clock';
import { approvalExecutor } from '../../lib/local/executors/approval';
import { type Fake, type FakeStep, fakeExecutors } from '../../lib/local/executors/fake';
import { ImageStore } from '../../lib/local/image/store';
import { createPipelineHost } from '../../lib/local/pipelines/create';
import type { PipelineHost } from '../../lib/local/pipelines/host';
import { readPlan } from '../../lib/local/read-plan';
import { BINDINGS, deliveryAssembly } from '../local/plan/delivery-assembly';
import type { Ended, Place, Running } from './command-line';

/** What the later actions of the fixture want to know of the earlier ones. */
const STEPS: Readonly<Record<string, FakeStep>> = {
  'Source/Source': {
    variables: {
      CommitId: 'fcbd3b51048093e6a3f5b5e3a9a3a0d6c1b0f7e2',
      CommitMessage: 'Count visits once',
      BranchName: 'develop',
    },
    externalId: 'fcbd3b51048093e6a3f5b5e3a9a3a0d6c1b0f7e2',
  },
  'Build/Build': { variables: { TESTED: 'no', VERSION: '1.4.2' } },
  'Test/Image': { variables: { IMAGE_DIGEST: 'sha256:12' } },
};

/**
 * A project in which a Slipway runs: real pipelines and the real endpoint, in the process of the test; what actions do is told by
 * steps. The command line that operates them is a process of its own.
 */
export class Operated {
  private constructor(
    private readonly place: Place,
    readonly fake: Fake,
    readonly endpoint: Endpoint,
    private readonly hosts: Map<string, PipelineHost>,
  ) {}

  /** `pipelines`: names; each is the development pipeline of test/fixtures/assemblies/delivery. */
  static async open(
    place: Place,
    steps: Readonly<Record<string, FakeStep | readonly FakeStep[]>> = {},
    pipelines: readonly string[] = ['visits-development'],
  ): Promise<Operated> {
    const fake = fakeExecutors({ ...STEPS, ...steps });
    const hosts = new Map<string, PipelineHost>();
    const images = new ImageStore(join('/nonexistent', 'registry'));
    const endpoint = await startEndpoint({
      ...BINDINGS,
      clusters: [],
      images,
      repositories: [],
      pipelines: () => hosts,
    });
    const operated = new Operated(place, fake, endpoint, hosts);
    const { state: stateFolder } = place;
    const plans = readPlan(deliveryAssembly(), BINDINGS);
    if (!plans.ok || !plans.value[0]) throw new Error('the fixture holds no pipeline');
    for (const pipeline of pipelines)
      hosts.set(
        pipeline,
        await createPipelineHost({
          plan: { ...plans.value[0], pipeline },
          executors: { ...fake.executors, approval: approvalExecutor({ clock: systemClock }) },
          rules: { alarmState: () => undefined, clock: systemClock },
          stateFolder,
        }),
      );
    operated.announcement = announceEndpoint({ ...BINDINGS, stateFolder, endpoint });
    return operated;
  }

  private announcement: { withdraw(): void } | undefined;

  host(pipeline = 'visits-development'): PipelineHost {
    const host = this.hosts.get(pipeline);
    if (!host) throw new Error(`no pipeline ${pipeline}`);
    return host;
  }

  async start(pipeline?: string): Promise<string> {
    const started = await this.host(pipeline).start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    if (!started.ok) throw new Error(started.errors[0]?.message);
    return started.value.execution;
  }

  /** Ends when an event fits. Call it before what brings the event about. */
  event(fits: (event: { kind: string; execution: string; action?: string; stage?: string }) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stops = [...this.hosts.values()].map((host) =>
        host.subscribe((event) => {
          if (!fits(event)) return;
          for (const stop of stops) stop();
          resolve();
        }),
      );
    });
  }

  /** An execution that waits for its sign-off. */
  async waiting(pipeline?: string): Promise<string> {
    const asked = this.event(({ kind }) => kind === 'approval-requested');
    const execution = await this.start(pipeline);
    const ended = this.host(pipeline).ended(execution);
    await Promise.race([asked, ended.then((end) => Promise.reject(new Error(`ended before: ${JSON.stringify(end)}`)))]);
    return execution;
  }

  run(...args: string[]): Promise<Ended> {
    return this.place.run(args);
  }

  begin(...args: string[]): Running {
    return this.place.start(args);
  }

  /** What a command line needs to take the endpoint for AWS. */
  get asAws(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.endpoint.operator;
    return {
      AWS_ENDPOINT_URL: this.endpoint.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: BINDINGS.region,
    };
  }

  async close(): Promise<void> {
    this.announcement?.withdraw();
    for (const host of this.hosts.values()) await host.close('stopped');
    await this.endpoint.close();
    rmSync(this.place.state, { recursive: true, force: true });
  }
}
