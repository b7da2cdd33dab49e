import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Surroundings, storeImage, surroundings } from './fixture';
import { type HostedPipeline, hostedPipeline } from './pipeline-fixture';

function hasAwsCli(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** More than the eight megabytes that the CLI reads in one go. */
const LARGE = Buffer.alloc(9 * 1024 * 1024, 'large');

/** The real command line, as the buildspecs call it. Where it is not on the PATH, this proof says NOT RUN. */
const withAwsCli = hasAwsCli() ? describe : describe.skip;
if (withAwsCli === describe.skip)
  console.warn('NOT RUN: the local endpoint through the AWS CLI, which is not on the PATH');

withAwsCli('the AWS CLI at the local endpoint', () => {
  let here: Surroundings;
  let hosted: HostedPipeline;
  const asset = join(tmpdir(), `asset-${process.pid}`);
  beforeAll(async () => {
    writeFileSync(asset, LARGE);
    hosted = await hostedPipeline();
    here = await surroundings({
      pipelines: hosted.pipelines,
      objects: [{ bucket: 'assets', key: 'kubectl (1.35) layer.zip', path: asset }],
      buckets: [{ bucket: 'releases', folder: join(tmpdir(), `bucket-${process.pid}`) }],
    });
  });
  afterAll(async () => {
    await here.close();
    await hosted.close();
    rmSync(asset);
    rmSync(join(tmpdir(), `bucket-${process.pid}`), { recursive: true, force: true });
  });

  const aws = (command: string | string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        'aws',
        typeof command === 'string' ? command.split(' ') : command,
        { env: here.environment() },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout: stdout.trim(), stderr }),
      );
    });

  it('reads and tags images, and hears of every refusal', async () => {
    const { manifest, digest } = await storeImage(here.images, 'one');
    await here.images.pushByDigest('visits', Buffer.from(manifest));
    const query = '--query images[0].imageManifest --output text';
    const got = await aws(`ecr batch-get-image --repository-name visits --image-ids imageDigest=${digest} ${query}`);
    expect(got).toMatchObject({ code: 0, stdout: manifest });
    const put = await aws(
      `ecr put-image --repository-name visits --image-tag 1.0 --image-digest ${digest} --image-manifest ${manifest}`,
    );
    expect(put).toMatchObject({ code: 0 });
    const absent = await aws('ecr describe-images --repository-name visits --image-ids imageTag=2.0');
    expect(absent.code).not.toBe(0);
    expect(absent.stderr).toContain('(ImageNotFoundException)');
  }, 60_000);

  it('gets a token for the cluster, which says who it is', async () => {
    const [kubeconfig, credential] = await Promise.all([
      aws('eks update-kubeconfig --name delivery'),
      aws('eks get-token --cluster-name delivery'),
    ]);
    expect(kubeconfig).toMatchObject({ code: 0 });
    const { token } = (JSON.parse(credential.stdout) as { status: { token: string } }).status;
    expect(token).toMatch(/^k8s-aws-v1\./);
    const url = Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString();
    const answer = await fetch(url, { headers: { 'x-k8s-aws-id': 'delivery' } });
    expect(await answer.text()).toContain('<Arn>arn:aws:sts::111122223333:assumed-role/visits-image/build-1</Arn>');
    expect((await fetch(url, { headers: { 'x-k8s-aws-id': 'other' } })).status).toBe(403);
  }, 60_000);

  it('speaks its protocols: query, CBOR, REST', async () => {
    const copied = join(here.folder, 'copied');
    const [identity, alarms, cluster, copy] = await Promise.all([
      aws('sts get-caller-identity --query Arn --output text'),
      aws('cloudwatch describe-alarms --output json'),
      aws('eks describe-cluster --name other'),
      aws(['s3', 'cp', 's3://assets/kubectl (1.35) layer.zip', copied]),
    ]);
    expect(copy).toMatchObject({ code: 0 });
    expect(readFileSync(copied).equals(LARGE)).toBe(true);
    expect(identity).toMatchObject({ code: 0, stdout: 'arn:aws:sts::111122223333:assumed-role/visits-image/build-1' });
    expect(JSON.parse(alarms.stdout)).toMatchObject({ MetricAlarms: [] });
    expect(cluster.stderr).toContain('(ResourceNotFoundException)');
  }, 60_000);

  it('operates a pipeline', async () => {
    const execution = await hosted.start();
    await hosted.asked(execution);
    const name = hosted.host.plan.pipeline;
    const token = "stageStates[?stageName=='SignOff'].actionStates[0].latestExecution.token";
    const [asked, actions, log, refused] = await Promise.all([
      aws(`codepipeline get-pipeline-state --name ${name} --query ${token} --output text`),
      aws(`codepipeline list-action-executions --pipeline-name ${name} --max-items 3 --output json`),
      aws('logs filter-log-events --log-group-name /aws/codebuild/visits-build --query events[].message --output text'),
      aws(`codepipeline start-pipeline-execution --name ${name} --variables name=NONE,value=x`),
    ]);
    expect(JSON.parse(actions.stdout)).toMatchObject({
      actionExecutionDetails: [{ actionName: 'ClientSignOff' }, {}, {}],
    });
    expect(log).toMatchObject({ code: 0, stdout: 'one\ttwo ERROR\tthree' });
    expect(refused.stderr).toContain('(ValidationException)');
    const at = `--pipeline-name ${name} --stage-name SignOff --action-name ClientSignOff --token ${asked.stdout}`;
    expect(await aws(`codepipeline put-approval-result ${at} --result summary=yes,status=Approved`)).toMatchObject({
      code: 0,
    });
    expect(await hosted.host.ended(execution)).toMatchObject({ status: 'Succeeded' });
  }, 120_000);

  it('puts an object and gets it back', async () => {
    const [file, copy] = [join(here.folder, 'file'), join(here.folder, 'copy')];
    writeFileSync(file, 'content');
    expect(await aws(['s3', 'cp', file, 's3://releases/a/b c.json'])).toMatchObject({ code: 0 });
    expect(await aws(['s3', 'cp', 's3://releases/a/b c.json', copy])).toMatchObject({ code: 0 });
    expect(readFileSync(copy, 'utf8')).toBe('content');
  }, 60_000);
});
