import { decodeProtobuf } from '../../../lib/local/cluster/api/protobuf';
import { TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

/** kubectl sends these as protobuf. What is typed, and what is stored then. */
test.each<[command: string, object: string, jsonpath: string, stored: string]>([
  [
    'deployment web --image=app:1 --replicas=0 --port=80',
    'deploy/web',
    '{.spec.replicas}{.spec.template.spec.containers[0].ports}',
    '0[{"containerPort":80,"protocol":"TCP"}]',
  ],
  [
    'role reader --verb=get,list --resource=pods,deployments.apps',
    'role/reader',
    '{.rules[*].apiGroups}{.rules[0].verbs}',
    '[""] ["apps"]["get","list"]',
  ],
  [
    'rolebinding readers --role=reader --user=ann --group=all',
    'rolebinding/readers',
    '{.subjects[*].kind}{.roleRef.name}',
    'User Groupreader',
  ],
  ['clusterrole all --verb=* --resource=*', 'clusterrole/all', '{.rules[0].verbs}', '["*"]'],
  [
    'clusterrole paths --verb=get --non-resource-url=/logs',
    'clusterrole/paths',
    '{.rules[0].nonResourceURLs}',
    '["/logs"]',
  ],
  [
    'clusterrolebinding all --clusterrole=all --serviceaccount=default:x',
    'clusterrolebinding/all',
    '{.subjects[0].name}',
    'x',
  ],
  ['quota q --hard=cpu=1,pods=5', 'quota/q', '{.spec.hard}', '{"cpu":"1","pods":"5"}'],
  [
    'pdb b --selector=app=web --min-available=50%',
    'pdb/b',
    '{.spec.minAvailable}{.spec.selector}',
    '50%{"matchLabels":{"app":"web"}}',
  ],
  ['pdb c --selector=app=web --max-unavailable=0', 'pdb/c', '{.spec.maxUnavailable}', '0'],
  [
    'service clusterip s --tcp=80:8080',
    'service/s',
    '{.spec.ports[0].port}/{.spec.ports[0].targetPort}{.spec.selector}',
    '80/8080{"app":"s"}',
  ],
  ['service nodeport n --tcp=80', 'service/n', '{.spec.type}{.spec.ports[0].targetPort}', 'NodePort80'],
  [
    'ingress i --rule=example.dev/*=s:80',
    'ingress/i',
    '{.spec.rules[0].host}{.spec.rules[0].http.paths[0].backend.service}',
    'example.dev{"name":"s","port":{"number":80}}',
  ],
  ['priorityclass high --value=7', 'priorityclass/high', '{.value}', '7'],
  ['secret generic key --from-literal=a=b', 'secret/key', '{.data}', '{"a":"Yg=="}'],
  ['configmap conf --from-literal=a=b', 'cm/conf', '{.data}', '{"a":"b"}'],
  ['serviceaccount robot', 'sa/robot', '{.metadata.name}', 'robot'],
  ['job once --image=app:1 -- echo hi', 'job/once', '{.spec.template.spec.containers[0].command}', '["echo","hi"]'],
])('kubectl create %s', async (command, object, jsonpath, stored) => {
  await cluster.ok(`create ${command}`);
  expect(await cluster.ok(`get ${object} '-ojsonpath=${jsonpath}'`)).toBe(stored);
});

test('a body that ends too early is a bad request', () => {
  const whole = Buffer.from('6b387300', 'hex');
  expect(() => decodeProtobuf(Buffer.concat([whole, Buffer.from([0x0a, 0x10, 0x01])]))).toThrow(RangeError);
  expect(() => decodeProtobuf(Buffer.concat([whole, Buffer.from([0x0a, 0xff])]))).toThrow(RangeError);
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
