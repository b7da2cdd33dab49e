import type { PipelineHost } from '../../lib/local/pipelines/host';
import type { Reporter } from '../../lib/local/reporters/reporter';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import type { Hosting } from '../hosting';
import { checkVariables, choosePipeline } from '../pipelines';
import { openProject } from '../project';
import { type HereOptions, runHere } from '../run-here';

export interface RunOptions extends HereOptions {
  readonly variable?: Readonly<Record<string, string>>;
}

export async function run(pipeline: string, options: RunOptions): Promise<void> {
  const project = openProject(options);
  const name = choosePipeline(project.config, pipeline);
  const variables = options.variable ?? {};
  checkVariables(project.config, name, variables);
  const purpose = `slipway run ${pipeline}`;
  await runHere(project, options, {
    purpose,
    choose(hosting, reporter) {
      const host = hostOf(hosting, name);
      tellUnfinished(host, reporter);
      return { host, begin: () => start(host, variables, purpose) };
    },
  });
}

async function start(host: PipelineHost, variables: Readonly<Record<string, string>>, detail: string): Promise<string> {
  const started = await host.start({ variables, trigger: { type: 'StartPipelineExecution', detail } });
  if (started.ok) return started.value.execution;
  throw new Failure(
    started.errors.map(({ message }) => message).join('\n'),
    exitCode['usage, configuration or template is wrong'],
  );
}

export function hostOf({ hosts }: Hosting, pipeline: string): PipelineHost {
  const host = hosts.get(pipeline);
  if (!host) throw new Error(`the synthesized templates hold no pipeline ${pipeline}`);
  return host;
}

/** An earlier run that was killed does not get lost: this one goes on beside it. */
function tellUnfinished(host: PipelineHost, reporter: Reporter): void {
  const [last, ...others] = host
    .executions()
    .filter(
      ({ status, state }) =>
        (status === 'InProgress' || status === 'Stopping') && state.structure === host.plan.structure,
    );
  if (last === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  reporter.text(
    `execution ${last.execution}${more} was killed before its end; \`slipway resume ${last.execution}\` goes on with it`,
  );
}
