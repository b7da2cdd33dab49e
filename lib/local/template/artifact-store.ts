import type { DraftStage } from './draft';
import { KEYS } from './keys';
import type { Node } from './node';

/**
 * Where a pipeline keeps its artifacts on AWS: one store, or one a region. Nothing of it counts here, but what CodePipeline
 * refuses is an error. Sources: CodePipeline user guide, pipeline-requirements, action-requirements; API, ArtifactStore,
 * EncryptionKey.
 */
export function checkArtifactStore(pipeline: Node, stages: readonly DraftStage[]): void {
  const one = pipeline.member('ArtifactStore');
  const map = pipeline.member('ArtifactStores');
  if (one.absent && map.absent)
    pipeline.fail('Expected ArtifactStore, or ArtifactStores with one for each region; found neither.');
  if (!one.absent && !map.absent) map.fail('Goes not with ArtifactStore; remove one of the two.');
  const otherAccount = stages.some(({ actions }) => actions.some(({ node }) => isOfOtherAccount(node)));
  if (!one.absent) readStore(one, otherAccount);
  if (!map.absent) readStores(map, stages, otherAccount);
}

/** A store for the pipeline's own region and for each region that an action runs in. */
function readStores(map: Node, stages: readonly DraftStage[], otherAccount: boolean): void {
  const own = map.findings.evaluator.environment(map.stack).region;
  const regions = new Set<string>();
  for (const item of map.items()) {
    item.object(KEYS.artifactStores);
    const region = item.member('Region').requiredText();
    if (regions.has(region)) item.member('Region').fail(`Another artifact store is for ${region} already.`);
    regions.add(region);
    readStore(item.member('ArtifactStore').required(), otherAccount);
  }
  const used = stages.flatMap(({ actions }) => actions.map(({ node }) => node.member('Region').text() ?? own));
  for (const region of new Set([own, ...used])) {
    if (!regions.has(region)) map.fail(`There is no artifact store for ${region}; add one.`);
  }
}

function readStore(store: Node, otherAccount: boolean): void {
  store.object(KEYS.artifactStore);
  store.member('Type').required().oneOf(['S3']);
  // Where it lies is of no account here, so it need have no value here.
  if (store.member('Location').isNoValue()) store.member('Location').fail('Is required and missing.');
  const key = store.member('EncryptionKey');
  if (key.absent) return;
  key.object(KEYS.encryptionKey).member('Type').required().oneOf(['KMS']);
  if (key.member('Id').isNoValue()) key.member('Id').fail('Is required and missing.');
  const id = key.member('Id').peekText() ?? '';
  if (otherAccount && /(^|:)alias\//.test(id))
    key.member('Id').fail(`Actions of another account need the key's id or ARN, found the alias "${id}".`);
}

function isOfOtherAccount(action: Node): boolean {
  const { account } = action.findings.evaluator.environment(action.stack);
  const [, other] = /^arn:[^:]*:iam::(\d{12}):/.exec(action.member('RoleArn').text() ?? '') ?? [];
  return other !== undefined && other !== account;
}
