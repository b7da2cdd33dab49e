import { mergePatch, strategicMerge } from '../../../lib/local/cluster/api/strategic-merge';

const merge = (current: object, patch: Record<string, unknown>) => strategicMerge('PodSpec', current, patch);

const two = {
  containers: [
    { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: '2' },
  ],
};

test.each<[string, object, Record<string, unknown>, unknown]>([
  [
    'merges elements by their key',
    two,
    { containers: [{ name: 'b', image: '3' }] },
    { containers: [two.containers[0], { name: 'b', image: '3' }] },
  ],
  [
    'goes down into lists of elements',
    two,
    { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
    {
      containers: [
        {
          name: 'a',
          image: '1',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '2' },
          ],
        },
        two.containers[1],
      ],
    },
  ],
  ['deletes an element', two, { containers: [{ $patch: 'delete', name: 'a' }] }, { containers: [two.containers[1]] }],
  ['replaces a list', two, { containers: [{ $patch: 'replace' }, { name: 'c' }] }, { containers: [{ name: 'c' }] }],
  [
    'orders as told',
    two,
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: '9' }] },
    { containers: [two.containers[1], { ...two.containers[0], image: '9' }] },
  ],
  [
    'orders without a change',
    two,
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
    { containers: [two.containers[1], two.containers[0]] },
  ],
  ['null deletes a field', { nodeName: 'n', ...two }, { nodeName: null }, two],
  [
    'replaces lists without a key',
    { tolerations: [{ key: 'a' }] },
    { tolerations: [{ key: 'b' }] },
    { tolerations: [{ key: 'b' }] },
  ],
  [
    'keeps the one kind of volume that is named',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
    { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  ],
  [
    'replaces an object',
    { securityContext: { runAsUser: 1 } },
    { securityContext: { $patch: 'replace', runAsGroup: 2 } },
    { securityContext: { runAsGroup: 2 } },
  ],
  [
    'keys ports by number, mounts by path',
    {
      containers: [
        { name: 'a', ports: [{ containerPort: 1, name: 'x' }], volumeMounts: [{ mountPath: '/m', name: 'v' }] },
      ],
    },
    {
      containers: [
        { name: 'a', ports: [{ containerPort: 1, name: 'y' }], volumeMounts: [{ mountPath: '/m', name: 'w' }] },
      ],
    },
    {
      containers: [
        { name: 'a', ports: [{ containerPort: 1, name: 'y' }], volumeMounts: [{ mountPath: '/m', name: 'w' }] },
      ],
    },
  ],
])('strategic merge %s', (_, current, patch, expected) => {
  expect(merge(current, patch)).toEqual(expected);
});

test('finalizers are a set that elements can be taken from', () => {
  const current = { finalizers: ['a', 'b'] };
  expect(strategicMerge('ObjectMeta', current, { finalizers: ['c', 'a'] })).toEqual({ finalizers: ['a', 'b', 'c'] });
  expect(strategicMerge('ObjectMeta', current, { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({
    finalizers: ['b'],
  });
});

test('merge patch: RFC 7396', () => {
  expect(mergePatch({ a: 1, b: { c: 2, d: 3 }, e: [1] }, { a: null, b: { c: 4 }, e: [2] })).toEqual({
    b: { c: 4, d: 3 },
    e: [2],
  });
  expect(mergePatch({ a: { b: 1 } }, { a: 'x' })).toEqual({ a: 'x' });
});
