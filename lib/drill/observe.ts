import type { Manifest } from './manifests';
import type { Stage } from './stage';

/** Of the pods of the drill's service that run or want to: their ids, sorted. */
export const podIds = async (stage: Stage): Promise<readonly string[]> =>
  (await pods(stage)).map((pod) => pod['metadata'].uid as string).sort();

/** Digests that the ready pods run. */
export const digestsOf = async (stage: Stage): Promise<readonly string[]> =>
  (await pods(stage))
    .filter((pod) => pod['status'].containerStatuses?.every(({ ready }: { ready: boolean }) => ready))
    .flatMap((pod) => pod['status'].containerStatuses.map(({ imageID }: { imageID: string }) => imageID.split('@')[1]));

/** The pod template, as text to compare. */
export const templateOf = async (stage: Stage): Promise<string> =>
  JSON.stringify((await stage.object('deployment', stage.service))['spec'].template);

/** Until a pod of the version is there. */
export const untilPodOf = (stage: Stage, version: string): Promise<void> =>
  stage.until(`a pod of ${version}`, async () =>
    (await pods(stage)).some((pod) => pod['metadata'].labels['app.kubernetes.io/version'] === version),
  );

async function pods(stage: Stage): Promise<readonly Manifest[]> {
  const found = await stage.objects('pods', `app.kubernetes.io/name=${stage.service}`);
  return found.filter((pod) => pod['metadata'].deletionTimestamp === undefined);
}
