import { classify } from '../../lib/deploy/kubectl-failure';

const kindOf = (stderr: string): string => classify(1, '', stderr).kind;

test.each([
  ['error: You must be logged in to the server (Unauthorized)', 'unauthorized'],
  [
    'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
    'unauthorized',
  ],
  [
    'error: error validating "STDIN": error validating data: failed to download openapi: the server has asked for the client to provide credentials; if you choose to ignore these errors, turn validation off with --validate=false',
    'unauthorized',
  ],
  [
    'Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255',
    'unauthorized',
  ],
  [
    'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "web"',
    'forbidden',
  ],
  [
    'Error from server (Forbidden): error when creating "STDIN": pods "web" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    'refused',
  ],
  [
    'Error from server (Forbidden): error when creating "STDIN": pods "web" is forbidden: violates PodSecurity "restricted:latest": privileged',
    'refused',
  ],
  [
    'Error from server: error when creating "STDIN": admission webhook "policy.example.com" denied the request: no, EOF',
    'refused',
  ],
  [
    "Error from server (Forbidden): deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'limits' with binding 'all' denied request: too many",
    'refused',
  ],
  ['The Deployment "web" is invalid: spec.selector: Invalid value: {}: field is immutable', 'refused'],
  [
    'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicsa"',
    'refused',
  ],
  [
    'Error from server: failed to create typed patch object (web/web; apps/v1, Kind=Deployment): .spec.replicsa: field not declared in schema',
    'refused',
  ],
  ['Error from server (NotFound): namespaces "web" not found', 'not-found'],
  [
    'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Widget" in version "a.example/v1"',
    'not-found',
  ],
  ['error: the server doesn\'t have a resource type "widgets"', 'not-found'],
  [
    'Error from server (Conflict): Operation cannot be fulfilled on leases "x": the object has been modified; please apply your changes to the latest version',
    'conflict',
  ],
  ['error: Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.replicas', 'conflict'],
  ['Error from server (AlreadyExists): leases.coordination.k8s.io "x" already exists', 'conflict'],
  [
    'Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later',
    'throttled',
  ],
  ['The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?', 'unreachable'],
  ['Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout', 'unreachable'],
  ['Unable to connect to the server: EOF', 'unreachable'],
  [
    'Error from server (InternalError): Internal error occurred: failed calling webhook "x": connection refused',
    'unreachable',
  ],
  ['Error from server (ServiceUnavailable): the server is currently unable to handle the request', 'unreachable'],
  ['error: timed out waiting for the condition', 'unreachable'],
  ['error: context "nowhere" does not exist', 'other'],
])('%s', (stderr, kind) => {
  expect(kindOf(stderr)).toBe(kind);
});

test('warnings and log lines of kubectl decide nothing while it says something else', () => {
  const stderr = [
    'Warning: resource is missing the annotation; connection refused',
    'E1121 12:00:00.000000   1 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: EOF"',
    'Error from server (NotFound): deployments.apps "web" not found',
  ].join('\n');
  expect(classify(1, '', stderr)).toMatchObject({ kind: 'not-found', message: 'deployments.apps "web" not found' });
  expect(kindOf(stderr.split('\n')[1] as string)).toBe('unreachable');
});

test('of several objects, what may pass decides, and each message is told once', () => {
  const one = 'Error from server (Invalid): error when creating "STDIN": the name is wrong';
  expect(kindOf(`${one}\nUnable to connect to the server: EOF`)).toBe('unreachable');
  expect(classify(1, '', `${one}\n${one}\nThe Service "web" is invalid: no`).message).toBe(
    'the name is wrong; The Service "web" is invalid: no',
  );
});

test('one that says nothing', () => {
  expect(classify(3, '', '').message).toBe('it ended with status 3 and said nothing');
});
