import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { violations } from '../../lib/model/violations';
import { environment, input, pipelineOf } from './input';

/** dev at home; staging and production in another account, on a cluster with a name of its own. */
const elsewhere = { account: '222222222222', cluster: { name: 'there' } };
const twoAccounts = input({
  environments: [
    environment('dev', { pipeline: 'development' }),
    environment('staging', { elsewhere }),
    environment('production', { elsewhere, bakeMinutes: 5 }),
  ],
});

const stage = (name: string) => {
  const found = pipelineOf('production', twoAccounts).stages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};

describe('environments in another account', () => {
  it('are worked on with a role of theirs: deploy, verify, bake, accept, and what restores on failure', () => {
    const { actions, onFailure } = stage('Production');
    const steps = [...actions, ...(onFailure?.rules ?? [])];
    expect(steps.map(({ name }) => name)).toEqual(['Deploy', 'Verify', 'Bake', 'Accept', 'RestoreLastGood']);
    for (const step of steps) {
      expect('target' in step && step.target?.elsewhere).toEqual({
        account: '222222222222',
        role: 'shop-production-action',
      });
    }
  });

  it('have their own cluster, and the alarm of that cluster', () => {
    const [deploy] = stage('Staging').actions;
    expect(deploy).toMatchObject({
      environment: { CLUSTER: 'there', ALARMS: 'shop-staging shop_platform_222222222222' },
    });
    expect(stage('Production').actions.find(({ kind }) => kind === 'bake')).toMatchObject({
      alarm: 'shop-production',
      platformAlarm: 'shop_platform_222222222222',
    });
  });

  it('change nothing for the others, nor for what comes before any environment', () => {
    const [development] = deliveryPipelines(twoAccounts);
    expect(development).toEqual(pipelineOf('development'));
    expect(pipelineOf('production', twoAccounts).stages.slice(0, 3)).toEqual(
      pipelineOf('production').stages.slice(0, 3),
    );
  });

  it('break no rule of CodePipeline', () => {
    expect(deliveryPipelines(twoAccounts).flatMap(violations)).toEqual([]);
  });
});
