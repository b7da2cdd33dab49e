import type { KubeObject } from '../../../lib/local/cluster/types';
import { list, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 9 },
        mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
        host: { type: 'string', pattern: '^[a-z]+$' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port'],
          items: {
            type: 'object',
            required: ['port'],
            properties: { port: { type: 'integer' }, name: { type: 'string' } },
          },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } },
  },
};
const definition = (kind: string, change: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.example.dev` },
  spec: {
    group: 'example.dev',
    scope: 'Namespaced',
    names: { plural: `${kind.toLowerCase()}s`, kind, shortNames: [kind.toLowerCase().slice(0, 3)] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      },
      { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: schema } },
    ],
    ...change,
  },
});
const thing = (name: string, spec: object, kind = 'Widget', version = 'v1') => ({
  apiVersion: `example.dev/${version}`,
  kind,
  metadata: { name },
  spec,
});
const kubectl = (args: string, ...objects: object[]) =>
  cluster.kubectl(args, objects.length > 0 ? list(objects) : undefined);
const establish = async (kind: string, change: object = {}) => {
  await cluster.apply(definition(kind, change));
  await cluster.ok(`wait crd/${kind.toLowerCase()}s.example.dev --for=condition=Established --timeout=40s`);
};

test('a definition and its object in one apply: the first fails for the object, the second works', async () => {
  const both = [definition('Gadget'), thing('g', { size: 1 }, 'Gadget')];
  const first = await kubectl('apply -f -', ...both);
  expect(first.code).toBe(1);
  expect(first.stdout).toContain('customresourcedefinition.apiextensions.k8s.io/gadgets.example.dev created');
  expect(first.stderr).toContain('no matches for kind "Gadget" in version "example.dev/v1"');
  await cluster.ok('wait crd/gadgets.example.dev --for=condition=Established --timeout=40s');
  const second = await kubectl('apply -f -', ...both);
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toMatch(/gadgets.example.dev unchanged\ngadget.example.dev\/g created/);
});

describe('objects of a definition', () => {
  beforeAll(() => establish('Widget'));

  test('are listed, shown, changed and deleted as others are', async () => {
    expect((await kubectl('apply -f -', thing('a', { size: 2, free: { any: { thing: 1 } } }))).code).toBe(0);
    expect((await kubectl('apply -f -', thing('a', { size: 2, free: { any: { thing: 1 } } }))).stdout).toContain(
      'unchanged',
    );
    expect(await cluster.ok('get wid')).toMatch(/^NAME\s+SIZE\na\s+2$/m);
    expect(await cluster.ok('get widget a -o jsonpath={.spec}')).toBe(
      '{"free":{"any":{"thing":1}},"mode":"slow","size":2}',
    );
    await cluster.ok('patch widget a --type=merge -p \'{"spec":{"size":3}}\'');
    await cluster.ok('scale widget/a --replicas=4');
    expect(await cluster.ok('get widget a -o jsonpath={.spec.size}/{.metadata.generation}')).toBe('4/3');
    const strategic = await kubectl('patch widget a --type=strategic -p \'{"spec":{"size":3}}\'');
    expect(strategic.code).toBe(1);
    expect(strategic.stderr).toContain(
      'accepted media types include: application/json-patch+json, application/merge-patch+json',
    );
    expect(await cluster.ok('explain widget.spec.size')).toMatch(/FIELD: size <integer>/);
    expect(await cluster.ok('delete widget a')).toContain('deleted');
  });

  test('status is a part of its own', async () => {
    await kubectl('apply -f -', { ...thing('s', { size: 1 }), status: { phase: 'Made' } });
    expect(await cluster.ok('get widget s -o jsonpath={.status}')).toBe('');
    await cluster.ok('patch widget s --subresource=status --type=merge -p \'{"status":{"phase":"Done"}}\'');
    expect(await cluster.ok('get widget s -o jsonpath={.status.phase}{.metadata.generation}')).toBe('Done1');
  });

  test.each([
    ['an unknown field', { size: 1, sise: 2 }, /strict decoding error: unknown field "spec.sise"/],
    [
      'a wrong type',
      { size: 'two' },
      /spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"/,
    ],
    ['a missing field', {}, /spec.size: Required value/],
    [
      'a value not of the list',
      { size: 1, mode: 'odd' },
      /spec.mode: Unsupported value: "odd": supported values: "fast", "slow"/,
    ],
    [
      'a small number',
      { size: 0 },
      /spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1/,
    ],
    ['a large number', { size: 10 }, /should be less than or equal to 9/],
    [
      'a text of another form',
      { size: 1, host: 'A1' },
      /spec.host: Invalid value: "A1": spec.host in body should match/,
    ],
  ])('%s is refused', async (_, spec, why) => {
    const refused = await kubectl('create -f -', thing('bad', spec));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(why);
  });

  test('server-side apply merges lists by the keys of the schema', async () => {
    const apply = (manager: string, ports: object[]) =>
      cluster.kubectl(
        `apply --server-side --field-manager=${manager} -f -`,
        JSON.stringify(thing('ssa', { size: 1, ports })),
      );
    await apply('one', [{ port: 80, name: 'a' }]);
    await apply('two', [{ port: 81, name: 'b' }]);
    expect(await cluster.ok('get widget ssa -o jsonpath={.spec.ports}')).toBe(
      '[{"name":"a","port":80},{"name":"b","port":81}]',
    );
    expect((await apply('two', [{ port: 80, name: 'c' }])).stderr).toContain(
      'conflict with "one": .spec.ports[port=80].name',
    );
    await apply('one', []);
    expect(await cluster.ok('get widget ssa -o jsonpath={.spec.ports}')).toBe('[{"name":"b","port":81}]');
  });

  test('another version shows the same object', async () => {
    await kubectl('apply -f -', thing('v', { size: 5 }, 'Widget', 'v1beta1'));
    expect(await cluster.ok('get widgets.v1.example.dev v -o jsonpath={.apiVersion}{.spec.size}')).toBe(
      'example.dev/v15',
    );
    expect(await cluster.ok('get widgets.v1beta1.example.dev v -o jsonpath={.apiVersion}')).toBe('example.dev/v1beta1');
  });

  test('they survive a restart', async () => {
    await kubectl('apply -f -', thing('kept', { size: 7 }));
    await cluster.restart();
    expect(await cluster.ok('get widget kept -o jsonpath={.spec.size}')).toBe('7');
  });

  test('they go with their definition and with their namespace', async () => {
    await cluster.ok('create namespace other');
    await kubectl('apply -n other -f -', thing('there', { size: 1 }));
    await cluster.ok('delete namespace other --timeout=40s');
    expect(await cluster.ok('get widgets -A -o name')).not.toContain('there');
    await kubectl('apply -f -', thing('last', { size: 1 }));
    await cluster.ok('delete crd widgets.example.dev --timeout=40s');
    const gone = await kubectl('get widgets');
    expect(gone.code).toBe(1);
    await establish('Widget');
    expect((await kubectl('get widgets')).stderr).toContain('No resources found');
  });
});

test.each([
  [
    'a name that is not plural.group',
    definition('Wrong', { group: 'other.dev' }),
    /must be spec.names.plural\+"."\+spec.group/,
  ],
  [
    'conversion by a webhook',
    definition('Hooked', { conversion: { strategy: 'Webhook' } }),
    /spec.conversion.strategy: Unsupported value: "Webhook": the embedded cluster calls no webhooks/,
  ],
  ['no version', definition('Empty', { versions: [] }), /must have exactly one version marked as storage version/],
])('%s is refused', async (_, object, why) => {
  const refused = await kubectl('create -f -', object);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(why);
});

test('a kind that is taken is not accepted', async () => {
  const names = { plural: 'services', kind: 'Service' };
  const object = { ...definition('Service', { names }), metadata: { name: 'services.example.dev' } };
  await cluster.apply(object);
  await cluster.ok('wait crd/services.example.dev --for=condition=NamesAccepted=False --timeout=40s');
  const { status } = await cluster.get<KubeObject>(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/services.example.dev',
  );
  expect(JSON.stringify(status)).toContain('\\"Service\\" is already in use');
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
