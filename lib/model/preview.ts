import type { DeliveryInput } from './delivery-input';
import { imageRepositoryName } from './names';
import type { BuildAction } from './pipeline';

/** A build outside of any pipeline that shows what a pull request would change. */
export interface Preview {
  /** Name of its project. */
  readonly project: string;
  /** The CodeCommit repository whose pull requests start it. */
  readonly repository: string;
  readonly build: Pick<BuildAction, 'name' | 'job' | 'environment' | 'timeoutMinutes'> &
    Required<Pick<BuildAction, 'target'>>;
}

const MINUTES = 15;

/**
 * What a pull request would change in the first environment. For CodeCommit only: CodeBuild hears of pull requests behind a
 * connection through webhooks, which need an authorization of their own at the provider. And only where that environment lives in
 * the account of the pipelines: an event rule starts no build of another account (EventBridge user guide, eb-cross-account).
 */
export const preview = ({ service, source, environments, cluster }: DeliveryInput): Preview | undefined => {
  const [environment] = environments;
  if (source.provider !== 'codecommit' || environment === undefined || environment.elsewhere) return undefined;
  return {
    project: `${service.name}-preview`,
    repository: source.repository,
    build: {
      name: 'Preview',
      job: 'preview',
      environment: {
        SERVICE: service.name,
        CLUSTER: cluster.name,
        NAMESPACE: environment.namespace,
        ENVIRONMENT: environment.name,
        MANIFESTS: environment.manifests,
        HELM_VALUES: environment.helm.values.join(' '),
        REPOSITORY: imageRepositoryName(service.name),
      },
      target: { environment: environment.name, namespace: environment.namespace },
      timeoutMinutes: MINUTES,
    },
  };
};
