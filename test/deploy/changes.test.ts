import { describe, expect, test } from '@jest/globals';
import { changesBetween } from '../../lib/deploy/changes';
import type { KubeObject } from '../../lib/deploy/objects';

const policy = (...ports: object[]): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'web' },
  spec: { egress: [{ ports }] },
});
const kindOf = (live: KubeObject, wanted: KubeObject) => changesBetween(live, wanted).map(({ kind }) => kind);

describe('items of a list', () => {
  const dns = [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ];

  test('of which two have the same port are compared one by one', () => {
    expect(kindOf(policy(...dns), policy(...dns))).toEqual(['unchanged']);
    expect(kindOf(policy(...dns), policy(...dns.toReversed()))).toEqual(['changed']);
  });

  test('that a key tells apart are compared by it, in any order', () => {
    const ports = [{ port: 80 }, { port: 443 }];
    expect(kindOf(policy(...ports), policy(...ports.toReversed()))).toEqual(['unchanged']);
    expect(kindOf(policy(...ports), policy({ port: 80 }))).toEqual(['changed']);
  });
});
