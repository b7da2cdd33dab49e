import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint';
import { systemClock } from '../../../lib/local/clock';
import { ArtifactObjects } from '../../../lib/local/executors/artifact-objects';
import { lambdaExecutor } from '../../../lib/local/executors/lambda';
import { ImageStore } from '../../../lib/local/image/store';
import type { LambdaAction } from '../../../lib/local/plan';
import { temporaryFolder } from '../codebuild/host';
import { BINDINGS } from './kinds';
import { runAction, unzip } from './machine';

const root = temporaryFolder();
const store = { bucket: 'codepipeline-eu-west-1-111122223333', folder: join(root, 'artifacts') };
let endpoint: Endpoint;
beforeAll(async () => {
  const images = new ImageStore(join(root, 'registry'));
  endpoint = await startEndpoint({ ...BINDINGS, images, repositories: [], clusters: [], buckets: [store] });
});
afterAll(() => endpoint.close());

/** Copies its input to its output, with the real SDK as the job's credentials; `Skip` puts nothing. */
const HANDLER = `
const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3');
const { CodePipelineClient, PutJobSuccessResultCommand } = require('@aws-sdk/client-codepipeline');
exports.handler = async (event) => {
  const { id, data } = event['CodePipeline.job'];
  const s3 = new S3Client({ credentials: data.artifactCredentials });
  const place = ({ location: { s3Location } }) => ({ Bucket: s3Location.bucketName, Key: s3Location.objectKey });
  const [input] = data.inputArtifacts;
  const object = await s3.send(new GetObjectCommand(place(input)));
  const Body = await object.Body.transformToByteArray();
  console.log(input.name, input.revision, input.location.type, Body.length > 0);
  if (data.actionConfiguration.configuration.UserParameters !== 'Skip')
    await s3.send(new PutObjectCommand({ ...place(data.outputArtifacts[0]), Body }));
  await new CodePipelineClient({}).send(new PutJobSuccessResultCommand({ jobId: id, outputVariables: { A: 'b' } }));
};
`;

const action = (userParameters: string): LambdaAction => ({
  kind: 'lambda',
  id: 'Build/Copy',
  stage: 'Build',
  name: 'Copy',
  runOrder: 1,
  inputs: ['Source'],
  outputs: ['Copy'],
  userParameters,
  function: {
    name: 'copy',
    logicalId: 'Copy',
    arn: 'arn:aws:lambda:eu-west-1:111122223333:function:copy',
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    code: join(root, 'code'),
    environment: {},
    timeoutSeconds: 30,
    roleArn: 'arn:aws:iam::111122223333:role/copy',
  },
});

async function invoke(userParameters: string) {
  const executor = lambdaExecutor({
    endpoint,
    ...BINDINGS,
    artifacts: new ArtifactObjects(store),
    modules: join(__dirname, '../../../node_modules'),
    clock: systemClock,
  });
  return runAction(root, executor, action(userParameters), { Source: { 'a.txt': 'from the source' } });
}

beforeAll(() => {
  const dir = join(root, 'code');
  mkdirSync(dir);
  writeFileSync(join(dir, 'index.js'), HANDLER);
});

test('a function reads its input artifact from S3 and puts its output there, with the SDK', async () => {
  const run = await invoke('');
  expect(run.lines).toEqual(['Source 4f2c1d0 S3 true']);
  expect(run.outcome).toMatchObject({ status: 'Succeeded', variables: { A: 'b' } });
  await unzip(join(run.workspace, 'Copy.zip'), join(root, 'out'));
  expect(readFileSync(join(root, 'out', 'a.txt'), 'utf8')).toBe('from the source');
});

test('an output that the function has not put fails the action, by its name and place', async () => {
  const run = await invoke('Skip');
  expect(run.outcome).toMatchObject({
    status: 'Failed',
    reason: expect.stringMatching(/no output artifact Copy \(s3:\/\/codepipeline-eu-west-1-111122223333\/shop\/Copy\//),
  });
});
