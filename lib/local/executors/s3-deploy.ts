import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Buckets } from '../aws/s3-buckets';
import type { Clock } from '../clock';
import { extractZip } from '../codebuild/unzip';
import type { ActionContext, Executor, Outcome } from '../executor';
import type { S3DeployAction } from '../plan';
import { BUCKET_NAME, BUCKET_RULE } from '../template/actions/s3-deploy';

export interface S3DeployOptions {
  /** Folder of a bucket's objects; see Buckets. */
  readonly bucketFolder: (bucket: string) => string;
  readonly clock: Clock;
  /** For `{uuid}`; default random. */
  readonly newId?: () => string;
}

/**
 * Deploy/AWS/S3: the input artifact's files, or its zip, as objects of a bucket that is a folder of this machine. Objects that an
 * earlier run put there stay, as on AWS. An artifact with a link in it is refused: S3 has none.
 */
export const s3DeployExecutor = (options: S3DeployOptions): Executor<S3DeployAction> => ({
  async execute(action, context, emit, signal) {
    const { bucket } = action;
    if (!BUCKET_NAME.test(bucket)) return failed(`"${bucket}" is no name of a bucket; expected ${BUCKET_RULE}`);
    const [zip] = Object.values(context.inputs);
    if (zip === undefined) return failed('the action has no input artifact');
    const key = keyOf(action.objectKey ?? '', options);
    const objects = action.extract ? await filesOf(zip, key, context) : [{ key, path: zip }];
    if (typeof objects === 'string') return failed(objects);
    const buckets = new Buckets([{ bucket, folder: options.bucketFolder(bucket) }]);
    for (const { key, path } of objects) {
      if (signal.aborted) return { status: 'Stopped', reason: 'stopped' };
      const put = await buckets.put(bucket, key, await readFile(path), {});
      if (!put.ok) return failed(put.errors.map(({ message }) => message).join('; '));
      emit({ kind: 'output', stream: 'stdout', text: `put s3://${bucket}/${key}` });
    }
    await rm(join(context.workspace, 'files'), { recursive: true, force: true });
    const what = action.extract ? `${objects.length} object${objects.length === 1 ? '' : 's'}` : 'the zip';
    const folder = options.bucketFolder(bucket);
    emit({ kind: 'fact', name: 'deployed', value: `${what} to s3://${bucket}/${key}, in ${folder}` });
    return { status: 'Succeeded', variables: {}, artifacts: {} };
  },
});

/** The artifact's files with their keys, sorted; or why they cannot be put. */
async function filesOf(
  zip: string,
  prefix: string,
  { workspace }: ActionContext,
): Promise<{ key: string; path: string }[] | string> {
  const folder = join(workspace, 'files');
  await mkdir(folder);
  const extracted = await extractZip(zip, folder);
  if (!extracted.ok) return extracted.errors.join('; ');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const named = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .map(({ entry, path }) => ({ entry, path, name: path.slice(folder.length + 1) }));
  const link = named.find(({ entry }) => !entry.isFile());
  if (link) return `${link.name} is a link, which S3 does not have; put the file itself into the artifact`;
  const base = prefix.replace(/\/+$/, '');
  return named
    .map(({ name, path }) => ({ key: base === '' ? name : `${base}/${name}`, path }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** CodePipeline user guide, tutorials-s3deploy: `{datetime}` is as 2019-01-10_07-39-57, `{uuid}` a UUID. */
function keyOf(text: string, { clock, newId = randomUUID }: S3DeployOptions): string {
  const datetime = clock.now().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
  return text.replaceAll('{datetime}', datetime).replaceAll('{uuid}', () => newId());
}

const failed = (reason: string): Outcome => ({ status: 'Failed', reason });
