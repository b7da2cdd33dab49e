import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Authenticator } from '../../../lib/local/cluster/auth/authenticator';
import { Authorizer, type Verb } from '../../../lib/local/cluster/auth/authorizer';
import { eksTokens } from '../../../lib/local/cluster/auth/eks-token';
import { type Level, sameRole } from '../../../lib/local/cluster/auth/user';
import { kindOf } from '../../../lib/local/cluster/kinds';

const ARN = 'arn:aws:sts::111122223333:assumed-role/deploy/build';

describe('EKS tokens', () => {
  let server: Server;
  let calls: { url: string; id: string | string[] | undefined }[];
  let answer: { status: number; body: string };
  let now: number;
  beforeEach(async () => {
    calls = [];
    now = 1_000_000;
    answer = {
      status: 200,
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${ARN}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
    server = createServer((request, response) => {
      calls.push({ url: request.url ?? '', id: request.headers['x-k8s-aws-id'] });
      response.writeHead(answer.status, { 'Content-Type': 'text/xml' });
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const sts = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signed = 'Action=GetCallerIdentity&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id';
  const token = (url: string) => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
  const refusals: string[] = [];
  const reader = () =>
    eksTokens({
      clusterName: () => 'prod',
      stsUrl: sts,
      clock: { now: () => now },
      onRefusal: (message) => refusals.push(message),
    });

  test('whoever STS names is the user, asked once a minute for the cluster of that name', async () => {
    const read = reader();
    const given = token(`${sts()}/?${signed}`);
    expect(await read(given)).toEqual({ name: ARN, groups: ['system:authenticated'] });
    await read(given);
    expect(calls).toEqual([{ url: `/?${signed}`, id: 'prod' }]);
    now += 60_000;
    await read(given);
    expect(calls).toHaveLength(2);
  });

  test.each([
    ['another host', () => token(`http://127.0.0.1:1/?${signed}`), /points to 127.0.0.1:1, not to the configured STS/],
    [
      'another action',
      () => token(`${sts()}/?Action=AssumeRole&X-Amz-SignedHeaders=x-k8s-aws-id`),
      /does not call GetCallerIdentity/,
    ],
    [
      'a URL that is not signed for a cluster',
      () => token(`${sts()}/?Action=GetCallerIdentity&X-Amz-SignedHeaders=host`),
      /does not sign the header x-k8s-aws-id/,
    ],
    ['what is no URL', () => token('nonsense'), /holds no URL/],
  ])('a token with %s is refused without a call', async (_, make, why) => {
    expect(await reader()(make())).toBeUndefined();
    expect(calls).toEqual([]);
    expect(refusals.at(-1)).toMatch(why);
  });

  test('a token that STS refuses is nobody, and is asked for again', async () => {
    const read = reader();
    answer = { ...answer, status: 403 };
    expect(await read(token(`${sts()}/?${signed}`))).toBeUndefined();
    answer = { ...answer, status: 200 };
    expect(await read(token(`${sts()}/?${signed}`))).toMatchObject({ name: ARN });
  });

  test('the administrator has a token of its own', async () => {
    const authenticator = new Authenticator('secret', [reader()]);
    expect(await authenticator.user('Bearer secret')).toMatchObject({ name: 'slipway:admin' });
    expect(await authenticator.user('Bearer wrong')).toBeUndefined();
    expect(await authenticator.user(undefined)).toBeUndefined();
  });
});

describe('access entries', () => {
  const role = 'arn:aws:iam::111122223333:role/deploy';
  const user = { name: ARN, groups: [] };
  const may = (level: Level, namespaces: string[] | '*', verb: Verb, kind: string, namespace?: string): boolean => {
    const authorizer = new Authorizer(() => [{ principalArn: role, namespaces, level }]);
    const target = { kind: kindOf(kind), namespace, name: 'x', subresource: undefined };
    return authorizer.check(user, verb, target) === undefined;
  };

  test.each<[Level, string[] | '*', Verb, string, string | undefined, boolean]>([
    ['edit', ['visits-dev'], 'create', 'Deployment', 'visits-dev', true],
    ['edit', ['visits-dev'], 'get', 'Deployment', 'visits-production', false],
    ['edit', ['visits-*'], 'get', 'Deployment', 'visits-production', true],
    ['edit', ['visits.dev'], 'get', 'Deployment', 'visits-dev', false],
    ['edit', '*', 'patch', 'Secret', 'any', true],
    ['edit', '*', 'create', 'RoleBinding', 'any', false],
    ['edit', '*', 'create', 'ResourceQuota', 'any', false],
    ['edit', '*', 'create', 'ClusterRole', undefined, false],
    ['admin', '*', 'create', 'ClusterRole', undefined, false],
    ['cluster-admin', '*', 'create', 'ClusterRole', undefined, true],
    ['edit', ['a'], 'create', 'Lease', 'a', false],
    ['admin', ['a'], 'create', 'ResourceQuota', 'a', false],
    ['edit', ['a'], 'get', 'Namespace', 'a', true],
    ['edit', ['a'], 'create', 'ClusterRole', undefined, false],
    ['admin', ['a'], 'create', 'RoleBinding', 'a', true],
    ['view', ['a'], 'list', 'Pod', 'a', true],
    ['view', ['a'], 'patch', 'Deployment', 'a', false],
    ['view', ['a'], 'get', 'Secret', 'a', false],
    ['view', ['a'], 'list', 'Pod', undefined, false],
  ])('%s in %s: %s %s in %s: %s', (level, namespaces, verb, kind, namespace, expected) => {
    expect(may(level, namespaces, verb, kind, namespace)).toBe(expected);
  });

  test('the refusal is in the words of the API', () => {
    const target = { kind: kindOf('Deployment'), namespace: 'prod', name: 'web', subresource: undefined };
    expect(new Authorizer(() => []).check(user, 'patch', target)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `deployments.apps "web" is forbidden: User "${ARN}" cannot patch resource "deployments" in API group "apps" in the namespace "prod"`,
    });
  });

  test("a role's sessions are the role, whatever its path; other accounts and roles are not", () => {
    expect(sameRole('arn:aws:iam::111122223333:role/ci/deploy', ARN)).toBe(true);
    expect(sameRole('arn:aws:iam::999999999999:role/deploy', ARN)).toBe(false);
    expect(sameRole('arn:aws:iam::111122223333:role/deployer', ARN)).toBe(false);
    expect(sameRole('arn:aws:iam::111122223333:user/me', 'arn:aws:iam::111122223333:user/me')).toBe(true);
  });
});
