import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import {
  alarmName,
  approvalStageName,
  artifactBucketName,
  attestationBucketName,
  bakeFunctionName,
  cacheRepositoryName,
  environmentRoleName,
  imageRepositoryName,
  nodeRoleName,
  pipelineName,
  pipelineRoleName,
  platformAlarmName,
  projectName,
  stageName,
} from '../../lib/model/names';
import { environment, input } from './input';

describe('physical names', () => {
  it('are these', () => {
    expect(pipelineName('shop', 'development')).toBe('shop-development');
    expect(projectName('shop-development', 'Test', 'Unit')).toBe('shop-development-test-unit');
    expect(alarmName('shop', 'production')).toBe('shop-production');
    expect(imageRepositoryName('shop')).toBe('shop');
    expect(cacheRepositoryName('shop')).toBe('shop-cache');
    expect(platformAlarmName('shop')).toBe('shop_platform');
    expect(platformAlarmName('shop', '222222222222')).toBe('shop_platform_222222222222');
  });

  it('that policies of other accounts hold are never too long for their service', () => {
    const [service, place, account] = ['s'.repeat(32), 'e'.repeat(20), '2'.repeat(12)];
    const roles = (['action', 'deploy', 'verify', 'bake', 'answer'] as const).map((role) =>
      environmentRoleName(service, place, role),
    );
    roles.push(pipelineRoleName(pipelineName(service, 'development')), nodeRoleName(service, account));
    expect(new Set(roles).size).toBe(roles.length);
    for (const role of roles) expect(role.length).toBeLessThanOrEqual(64);
    expect(bakeFunctionName(service, place).length).toBeLessThanOrEqual(64);
    expect(attestationBucketName(service, account, 'ap-southeast-1').length).toBeLessThanOrEqual(63);
    expect(artifactBucketName(service, account, 'ap-southeast-1').length).toBeLessThanOrEqual(60);
  });

  it.each([
    ['dev', 'Dev', 'DevSignOff'],
    ['pre-prod', 'PreProd', 'PreProdSignOff'],
    ['eu-west-1', 'EuWest1', 'EuWest1SignOff'],
    ['production', 'Production', 'SignOff'],
  ])('of the stages of %s are %s and %s', (name, stage, approvals) => {
    expect(stageName(name)).toBe(stage);
    expect(approvalStageName(name)).toBe(approvals);
  });

  it('of projects are unique in a service, and what CodeBuild accepts', () => {
    const longest = input({
      service: { name: 'a'.repeat(32) },
      environments: [environment('b'.repeat(20)), environment('c'.repeat(20), { pipeline: 'development' })],
    });
    const names = deliveryPipelines(longest).flatMap((pipeline) =>
      pipeline.stages.flatMap((stage) =>
        stage.actions
          .filter(({ kind }) => kind === 'build')
          .map(({ name }) => projectName(pipeline.name, stage.name, name)),
      ),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,149}$/);
  });
});
