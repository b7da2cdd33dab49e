import { preview } from '../../lib/model/preview';
import { environment, input } from './input';

describe('the preview of pull requests', () => {
  it('is of the first environment, as its deploy would see it', () => {
    const dev = environment('dev', {
      pipeline: 'development',
      manifests: 'chart',
      helm: { values: ['a.yaml', 'b.yaml'] },
    });
    expect(preview(input({ environments: [dev, environment('staging')] }))).toEqual({
      project: 'shop-preview',
      repository: 'shop',
      build: {
        name: 'Preview',
        job: 'preview',
        environment: {
          SERVICE: 'shop',
          CLUSTER: 'slipway',
          NAMESPACE: 'shop-dev',
          ENVIRONMENT: 'dev',
          MANIFESTS: 'chart',
          HELM_VALUES: 'a.yaml b.yaml',
          REPOSITORY: 'shop',
        },
        target: { environment: 'dev', namespace: 'shop-dev' },
        timeoutMinutes: 15,
      },
    });
  });

  it('is not there behind a connection', () => {
    const source = { provider: 'connection', connectionArn: 'arn', repository: 'acme/shop' } as const;
    expect(preview(input({ source }))).toBeUndefined();
  });

  it('is not there for an environment of another account, where no event rule of this one starts a build', () => {
    const dev = environment('dev', { elsewhere: { account: '222222222222', cluster: { name: 'slipway' } } });
    expect(preview(input({ environments: [dev, environment('staging')] }))).toBeUndefined();
  });
});
