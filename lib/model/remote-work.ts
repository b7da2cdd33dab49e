import { bakeFunctionName, environmentRoleName, projectOf } from './names';
import type { Action, BakeAction, BuildAction, Pipeline } from './pipeline';

/** What a pipeline does in an environment of another account. */
export interface RemoteWork {
  readonly pipeline: string;
  readonly environment: string;
  readonly account: string;
  /** Name of the role of that account with which the pipeline does it. */
  readonly role: string;
  /** Those with a project of their own. */
  readonly builds: readonly RemoteBuild[];
  readonly bake?: RemoteBake;
}

interface RemoteBuild {
  readonly action: BuildAction;
  readonly job: 'deploy' | 'verify';
  readonly project: string;
  readonly role: string;
}

interface RemoteBake {
  readonly functionName: string;
  readonly role: string;
  /** Of the pipeline's account: what the function becomes to tell its result. */
  readonly answerRole: string;
}

/** One for each environment of another account, in the order of the stages. */
export const remoteWork = ({ name: pipeline, service, stages }: Pipeline): RemoteWork[] =>
  stages.flatMap(({ name: stage, actions }) => {
    const there = actions.filter(isRemote);
    const target = there[0]?.target;
    if (target?.elsewhere === undefined) return [];
    const { environment, elsewhere } = target;
    const builds = there.flatMap((action): RemoteBuild[] => {
      if (action.kind !== 'build' || action.project !== undefined) return [];
      const { job } = action;
      if (job !== 'deploy' && job !== 'verify') return [];
      const role = environmentRoleName(service, environment, job);
      return [{ action, job, project: projectOf(pipeline, stage, action), role }];
    });
    const bake: RemoteBake | undefined = there.some(({ kind }) => kind === 'bake')
      ? {
          functionName: bakeFunctionName(service, environment),
          role: environmentRoleName(service, environment, 'bake'),
          answerRole: environmentRoleName(service, environment, 'answer'),
        }
      : undefined;
    return [{ pipeline, environment, ...elsewhere, builds, ...(bake && { bake }) }];
  });

const isRemote = (action: Action): action is BuildAction | BakeAction =>
  'target' in action && action.target?.elsewhere !== undefined;
