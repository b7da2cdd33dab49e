import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Place, ROOT } from './command-line';

const ASSEMBLY = join(ROOT, 'test', 'fixtures', 'assemblies', 'delivery');

let place: Place;
beforeAll(() => {
  place = new Place();
});
afterAll(() => place.remove());

const file = (name: string, text: string): string => {
  const path = join(place.project, name);
  writeFileSync(path, text);
  return path;
};

describe('slipway cost', () => {
  it('synthesizes what is out of date and prints tables', async () => {
    const { code, stdout, stderr } = await place.run(['cost']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('A month idle (730 h)');
    expect(stdout).toContain('A run of visits-development');
  });

  it('of another assembly, as JSON, with a number of our own', async () => {
    const { code, stdout } = await place.run([
      'cost',
      '--assembly',
      ASSEMBLY,
      '--json',
      '--assume',
      'load-balancers=2',
    ]);
    const { idle, assumptions, prices } = JSON.parse(stdout);
    expect([code, assumptions['load-balancers'], prices.region]).toEqual([0, 2, 'us-east-1']);
    const balancers = idle.lines.filter(({ price }: { price: string }) => price === 'network-load-balancer');
    expect(balancers.map(({ usd }: { usd: number }) => usd)).toEqual([32.85, 32.85, 32.85]); // 2 × 0.0225 × 730
  });

  it('refuses what is no assumption, and what is no assembly', async () => {
    expect(await place.run(['cost', '--assume', 'nods=3'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing is assumed about "nods"; expected nodes, '),
    });
    expect(await place.run(['cost', '--assembly', place.service])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('manifest.json'),
    });
  });
});

describe('slipway quotas', () => {
  it('ends with 0 where everything fits, and with 1 where something does not', async () => {
    const fits = await place.run(['quotas', '--assembly', ASSEMBLY, '--json']);
    expect(fits.code).toBe(0);
    expect(JSON.parse(fits.stdout).quotas).toContainEqual(expect.objectContaining({ id: 'pipelines', limit: 1000 }));
    const over = await place.run(['quotas', '--assembly', ASSEMBLY, '--limit', 'build-projects=2']);
    expect(over.code).toBe(1);
    expect(over.stdout).toMatch(/build-projects +\d+ +2 +\d+ % {2}OVER/);
  });

  it('refuses a limit that AWS does not raise', async () => {
    expect(await place.run(['quotas', '--limit', 'pipeline-stages=60'])).toMatchObject({
      code: 2,
      stderr: 'pipeline-stages: AWS does not raise this limit of 50\n',
    });
  });
});

describe('slipway validate --template', () => {
  const logs = (properties: string) =>
    `Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: ${properties}\n`;

  it('needs neither slipway.yaml nor a synthesis', async () => {
    const good = file('good.yml', logs('{ RetentionInDays: 7, KmsKeyId: !GetAtt Key.Arn }'));
    expect(await place.run(['validate', '--template', good], { cwd: place.folder })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/good\.yml breaks none of \d+ rules/),
    });
  });

  it('tells every finding of every file, with resource, rule and what to do', async () => {
    const [yaml, broken] = [file('bad.yml', logs('{}')), file('broken.yml', 'Resources: !Rev x')];
    const { code, stderr } = await place.run(['validate', '--template', yaml, broken, join(place.project, 'none')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('none cannot be read (ENOENT)')]);
    const both = await place.run(['validate', '--template', yaml, broken]);
    expect(both.stderr).toContain(
      'bad.yml: Resources.Logs: log-groups: the log group never forgets: set RetentionInDays and KmsKeyId',
    );
    expect(both.stderr).toContain('broken.yml: line 1: CloudFormation knows no !Rev');
  });

  it('lets those be privileged that may be', async () => {
    const Properties = {
      Name: 'my-image',
      Source: { BuildSpec: 'version: 0.2\n' },
      Environment: { PrivilegedMode: true, ComputeType: 'BUILD_GENERAL1_SMALL', Type: 'LINUX_CONTAINER' },
      TimeoutInMinutes: 5,
      QueuedTimeoutInMinutes: 5,
      LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: 'x' } },
    };
    const path = file(
      'build.json',
      JSON.stringify({ Resources: { Build: { Type: 'AWS::CodeBuild::Project', Properties } } }),
    );
    expect(await place.run(['validate', '--template', path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('privileged-builds: project my-image is privileged: remove'),
    });
    expect((await place.run(['validate', '--template', path, '--privileged', 'my-image'])).code).toBe(0);
  });

  it('the templates of other commands are looked at the same way', async () => {
    const templates = ['VisitsDelivery', 'SlipwayCluster'].map((name) => join(ASSEMBLY, `${name}.template.json`));
    const { code, stderr } = await place.run(['validate', '--template', ...templates]);
    const told = stderr.trim().split('\n').slice(0, -1);
    expect([code, told.length > 0]).toEqual([2, true]);
    const ids = templates.flatMap((path) => Object.keys(JSON.parse(readFileSync(path, 'utf8')).Resources));
    for (const line of told) expect(ids).toContain(/Resources\.(\w+):/.exec(line)?.[1]);
  });
});
