import type { Executor } from '../executor';
import type { CodeBuildAction, EcrBuildAction } from '../plan';
import { imageTags, isInside } from '../template/actions/ecr-build';
import { type ManagedPlace, managedBuild } from './managed-build';
import { quote } from './quote';

/** CodePipeline user guide, limits: an action without a timeout of its own. */
const MINUTES = 60;

/**
 * Build/AWS/ECRBuildAndPublish: `docker` builds the Dockerfile, with its folder as context, and pushes every tag; on the host the
 * stand-in for docker makes a process image. A tag that an immutable repository has already is refused by the registry.
 */
export const ecrBuildExecutor = (builds: Executor<CodeBuildAction>, place: ManagedPlace): Executor<EcrBuildAction> => ({
  async execute(action, context, emit, signal) {
    if (imageTags(action.tags).length === 0) return { status: 'Failed', reason: 'ImageTags names no tag' };
    if (!isInside(action.dockerfile))
      return {
        status: 'Failed',
        reason: `DockerFilePath ${action.dockerfile} is no path inside of the input artifact`,
      };
    return builds.execute(buildOf(action, place), context, emit, signal);
  },
});

function buildOf(action: EcrBuildAction, place: ManagedPlace): CodeBuildAction {
  const { account, region, partition } = place;
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const tags = imageTags(action.tags).map((tag) => `--tag ${quote(`${registry}/${action.repository}:${tag}`)}`);
  const metadata = '"$TMPDIR/image.json"';
  const digest = `sed -n 's/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p' ${metadata}`;
  return managedBuild(
    action,
    {
      commands: [
        `aws ecr get-login-password | docker login --username AWS --password-stdin ${registry}`,
        `DOCKERFILE=${quote(action.dockerfile)}; if [ -d "$DOCKERFILE" ]; then DOCKERFILE="$DOCKERFILE/Dockerfile"; fi`,
        `docker buildx build --provenance=false --push ${tags.join(' ')} --metadata-file ${metadata} --file "$DOCKERFILE" "$(dirname "$DOCKERFILE")"`,
        `ECRImageDigestId="$(${digest})"; ECRRepositoryName=${quote(action.repository)}; test -n "$ECRImageDigestId"`,
      ],
      environment: [],
      exports: ['ECRImageDigestId', 'ECRRepositoryName'],
      privileged: true,
      timeoutMinutes: MINUTES,
    },
    place,
  );
}
