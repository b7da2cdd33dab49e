import { findResource } from '../find-resource';
import type { Node } from '../node';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Build/AWS/ECRBuildAndPublish. Source: CodePipeline user guide, action-reference-ECRBuildAndPublish. */
export const ECR_BUILD_KIND: ActionKind = { read: readEcrBuild, inputs: [1, 1], outputs: [0, 0] };

/** Amazon ECR API reference, PutImage, imageTag: as Docker's. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function readEcrBuild(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(ACTION_KEYS.ecrBuild);
  const name = configuration.member('ECRRepositoryName');
  const repository = findResource(name, 'AWS::ECR::Repository')?.ref ?? name.text() ?? '';
  configuration
    .member('RegistryType')
    .oneOf(['private'], 'The public registry has no stand-in here; push to a private repository.');
  const dockerfile = configuration.member('DockerFilePath');
  const path = dockerfile.text() ?? '.';
  if (!isInside(path)) dockerfile.fail(`Expected a path inside of the input artifact, found "${path}".`);
  const list = configuration.member('ImageTags');
  const tags = list.text() ?? 'latest';
  for (const tag of imageTags(tags)) {
    if (!tag.includes('#{') && !TAG.test(tag))
      list.fail(`"${tag}" is no image tag; expected 1–128 letters, digits and _ . -, separated by commas.`);
  }
  if (imageTags(tags).length === 0) list.fail('Expected at least one tag.');
  return {
    action: { ...base, kind: 'ecr-build', repository, dockerfile: path, tags },
    produces: ['ECRImageDigestId', 'ECRRepositoryName'],
  };
}

/** Whether a path stays inside of the input artifact. */
export const isInside = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..');

/** The tags of a list that is separated by commas. */
export const imageTags = (list: string): string[] =>
  list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
