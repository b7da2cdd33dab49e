import type { Release } from '../../../lib/deploy/release';

export const release = (id = '20261121T130000000Z-1.2.0', changes: Partial<Release> = {}): Release => ({
  id,
  service: 'shop',
  environment: 'dev',
  namespace: 'shop-dev',
  version: '1.2.0',
  digest: `sha256:${'a'.repeat(64)}`,
  requestedAt: '2026-11-21T13:00:00.000Z',
  objects: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop-dev' }, data: { text: 'ü\n"' } },
  ],
  ...changes,
});

export const attempted = (id: string) => ({
  release: id,
  requestedAt: '2026-11-21T13:00:00.000Z',
  inventory: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop-dev', name: 'c' }],
});
