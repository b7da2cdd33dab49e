import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  type ECRServiceException,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { DescribeClusterCommand, EKSClient, ListClustersCommand, ListNodegroupsCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { isPassword } from '../../../lib/local/image/registry-login';
import { CLUSTER_ARN, REGISTRY, ROLE, type Surroundings, storeImage, surroundings } from './fixture';

let here: Surroundings;
beforeEach(async () => {
  here = await surroundings();
});
afterEach(() => here.close());

const failure = (promise: Promise<unknown>): Promise<ECRServiceException> =>
  promise.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: ECRServiceException) => error,
  );

describe('ECR', () => {
  const repositoryName = 'visits';
  const client = () => new ECRClient(here.client());

  it('puts an image by its manifest, and gives the same bytes back', async () => {
    const { manifest, digest } = await storeImage(here.images, 'one');
    const put = await client().send(
      new PutImageCommand({ repositoryName, imageManifest: manifest, imageDigest: digest, imageTag: '1.0' }),
    );
    expect(put.image?.imageId).toEqual({ imageDigest: digest, imageTag: '1.0' });
    const got = await client().send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }, { imageTag: '2.0' }] }),
    );
    expect(got.images?.map((image) => image.imageManifest)).toEqual([manifest]);
    expect(got.failures).toMatchObject([{ failureCode: 'ImageNotFound', imageId: { imageTag: '2.0' } }]);
  });

  it('describes and lists images, all or by tag, digest and status', async () => {
    const [one, two] = [await storeImage(here.images, 'one'), await storeImage(here.images, 'two')];
    await client().send(new PutImageCommand({ repositoryName, imageManifest: one.manifest, imageTag: '1.0' }));
    await client().send(new PutImageCommand({ repositoryName, imageManifest: two.manifest }));
    const describe = async (input: object) =>
      (await client().send(new DescribeImagesCommand({ repositoryName, ...input }))).imageDetails?.map(
        (each) => each.imageDigest,
      );
    expect((await describe({}))?.sort()).toEqual([one.digest, two.digest].sort());
    expect(await describe({ imageIds: [{ imageTag: '1.0' }] })).toEqual([one.digest]);
    expect(await describe({ imageIds: [{ imageDigest: two.digest }] })).toEqual([two.digest]);
    expect(await describe({ filter: { tagStatus: 'UNTAGGED' } })).toEqual([two.digest]);
    const [tagged] =
      (await client().send(new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' } })))
        .imageDetails ?? [];
    expect(tagged).toMatchObject({ imageTags: ['1.0'], repositoryName, imagePushedAt: expect.any(Date) });
    const listed = await client().send(new ListImagesCommand({ repositoryName }));
    expect(listed.imageIds).toHaveLength(2);
  });

  it('gives lists in pages', async () => {
    await here.images.createRepository('other');
    const repositories = (input: object) => client().send(new DescribeRepositoriesCommand({ maxResults: 1, ...input }));
    const first = await repositories({});
    const second = await repositories({ nextToken: first.nextToken });
    const names = [first, second].flatMap((page) => page.repositories?.map((each) => each.repositoryName) ?? []);
    expect(names.sort()).toEqual(['other', 'visits']);
    expect(second.nextToken).toBeUndefined();
    expect((await failure(repositories({ nextToken: 'x' }))).name).toBe('InvalidParameterException');
    const { clusters, nextToken } = await new EKSClient(here.client()).send(new ListClustersCommand({ maxResults: 1 }));
    expect([clusters, typeof nextToken]).toEqual([['delivery'], 'string']);
  });

  it('tells whether tags may move', async () => {
    await here.images.setMutability('visits', { immutable: true, exclusions: ['cache-*'] });
    const { repositories } = await client().send(new DescribeRepositoriesCommand({}));
    expect(repositories).toMatchObject([
      {
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'cache-*' }],
      },
    ]);
  });

  it.each<
    [string, string, (one: { manifest: string; digest: string }, two: { manifest: string; digest: string }) => object]
  >([
    [
      'a tag that has another image',
      'ImageTagAlreadyExistsException',
      (_, two) => ({ imageManifest: two.manifest, imageTag: '1.0' }),
    ],
    [
      'an image that has the tag already',
      'ImageAlreadyExistsException',
      (one) => ({ imageManifest: one.manifest, imageTag: '1.0' }),
    ],
    [
      'a manifest of another digest',
      'ImageDigestDoesNotMatchException',
      (one, two) => ({ imageManifest: one.manifest, imageDigest: two.digest }),
    ],
    ['a manifest that is none', 'InvalidParameterException', () => ({ imageManifest: '{}' })],
    [
      'layers that are not there',
      'LayersNotFoundException',
      (one, two) => ({ imageManifest: one.manifest.replace(/sha256:\w+/, two.digest) }),
    ],
  ])('refuses %s', async (_, name, input) => {
    const [one, two] = [await storeImage(here.images, 'one'), await storeImage(here.images, 'two')];
    await client().send(new PutImageCommand({ repositoryName, imageManifest: one.manifest, imageTag: '1.0' }));
    const put = new PutImageCommand({ repositoryName, imageManifest: '', ...input(one, two) });
    expect((await failure(client().send(put))).name).toBe(name);
  });

  it('knows the template’s repositories and no other', async () => {
    const { repositories } = await client().send(new DescribeRepositoriesCommand({}));
    expect(repositories).toMatchObject([
      { repositoryName, repositoryUri: `${REGISTRY}/visits`, imageTagMutability: 'IMMUTABLE' },
    ]);
    const { manifest } = await storeImage(here.images, 'one');
    for (const command of [
      new DescribeRepositoriesCommand({ repositoryNames: ['other'] }),
      new DescribeImagesCommand({ repositoryName: 'other' }),
      new BatchGetImageCommand({ repositoryName: 'other', imageIds: [{ imageTag: 'x' }] }),
      new PutImageCommand({ repositoryName: 'other', imageManifest: manifest }),
    ])
      expect((await failure(client().send(command as DescribeImagesCommand))).name).toBe('RepositoryNotFoundException');
  });

  it('issues passwords for docker login', async () => {
    const { authorizationData } = await client().send(new GetAuthorizationTokenCommand({}));
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
    expect(token).toMatch(/^AWS:/);
    expect(await isPassword(here.images, token.slice(4), new Date())).toBe(true);
    expect(authorizationData?.[0]).toMatchObject({ proxyEndpoint: `https://${REGISTRY}`, expiresAt: expect.any(Date) });
  });
});

describe('EKS', () => {
  const client = () => new EKSClient(here.client());

  it('describes a cluster as update-kubeconfig needs it', async () => {
    const { cluster } = await client().send(new DescribeClusterCommand({ name: 'delivery' }));
    expect(cluster).toEqual({
      name: 'delivery',
      arn: CLUSTER_ARN,
      version: '1.35',
      status: 'ACTIVE',
      endpoint: 'https://127.0.0.1:6443',
      certificateAuthority: { data: 'Y2E=' },
    });
    expect((await client().send(new ListClustersCommand({}))).clusters).toEqual(['delivery', 'starting']);
  });

  it('says that a cluster without an address is being created', async () => {
    const { cluster } = await client().send(new DescribeClusterCommand({ name: 'starting' }));
    expect(cluster).toMatchObject({ status: 'CREATING' });
  });

  it('does not know another', async () => {
    const error = await failure(client().send(new DescribeClusterCommand({ name: 'other' })));
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', message: 'No cluster found for name: other.' });
    expect(error.$metadata.httpStatusCode).toBe(404);
  });
});

describe('whoever calls', () => {
  it('is a session of the role that the key pair was issued for', async () => {
    const identity = await new STSClient(here.client()).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/visits-image/build-1',
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:build-1$/),
    });
  });

  it.each<[string, string, string]>([
    ['an unknown key', 'UnrecognizedClientException', 'InvalidClientTokenId'],
    ['a wrong secret', 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['no session token', 'UnrecognizedClientException', 'InvalidClientTokenId'],
    ['another session’s token', 'UnrecognizedClientException', 'InvalidClientTokenId'],
    ['another Region', 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['a revoked key', 'UnrecognizedClientException', 'InvalidClientTokenId'],
  ])('is refused with %s, in the words of each protocol', async (what, json, query) => {
    const { credentials, ...client } = here.client();
    const { sessionToken, ...pair } = credentials;
    const changed = {
      'an unknown key': { ...credentials, accessKeyId: 'ASIAUNKNOWN' },
      'a wrong secret': { ...credentials, secretAccessKey: 'guess' },
      'no session token': pair,
      'another session’s token': { ...pair, sessionToken: here.client().credentials.sessionToken },
    }[what];
    const region = what === 'another Region' ? 'us-east-1' : client.region;
    if (what === 'a revoked key') here.endpoint.revoke(credentials.accessKeyId);
    const config = { ...client, region, credentials: changed ?? credentials };
    expect(await failure(new ECRClient(config).send(new DescribeRepositoriesCommand({})))).toMatchObject({
      name: json,
      $metadata: { httpStatusCode: 403 },
    });
    expect(await failure(new EKSClient(config).send(new ListClustersCommand({})))).toMatchObject({ name: json });
    expect(await failure(new STSClient(config).send(new GetCallerIdentityCommand({})))).toMatchObject({ name: query });
    expect(here.endpoint.calls).toEqual([]);
  });

  it('is refused without a signature', async () => {
    const answer = await fetch(`${here.endpoint.url}/clusters`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });

  it('is recorded with every call, its resource and its error', async () => {
    await new EKSClient(here.client()).send(new DescribeClusterCommand({ name: 'delivery' }));
    await failure(
      new ECRClient(here.client()).send(
        new DescribeImagesCommand({ repositoryName: 'visits', imageIds: [{ imageTag: 'x' }] }),
      ),
    );
    expect(here.endpoint.calls).toEqual([
      {
        principal: ROLE,
        session: 'build-1',
        service: 'eks',
        operation: 'DescribeCluster',
        resource: CLUSTER_ARN,
        needs: [{ action: 'eks:DescribeCluster', resource: CLUSTER_ARN }],
      },
      {
        principal: ROLE,
        session: 'build-1',
        service: 'ecr',
        operation: 'DescribeImages',
        resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/visits',
        needs: [{ action: 'ecr:DescribeImages', resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/visits' }],
        error: 'ImageNotFoundException',
      },
    ]);
  });
});

describe('what is not here', () => {
  it('is an error that names it, in each protocol, and is recorded', async () => {
    const rest = await failure(
      new EKSClient(here.client()).send(new ListNodegroupsCommand({ clusterName: 'delivery' })),
    );
    expect(rest).toMatchObject({
      message: 'eks:ListNodegroups is not supported by the local endpoint',
    });
    const query = await failure(new STSClient(here.client()).send(new GetSessionTokenCommand({})));
    expect(query).toMatchObject({
      name: 'InvalidAction',
      message: 'sts:GetSessionToken is not supported by the local endpoint',
    });
    expect(here.endpoint.calls.map(({ service, operation, error }) => `${service}:${operation} ${error}`)).toEqual([
      'eks:ListNodegroups UnknownOperationException',
      'sts:GetSessionToken InvalidAction',
    ]);
  });

  it('is an error where an operation is here and a member of its input is not', async () => {
    const list = new DescribeImagesCommand({ repositoryName: 'visits', filter: { imageStatus: 'ACTIVE' } });
    expect(await failure(new ECRClient(here.client()).send(list))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(/ecr:DescribeImages at the local endpoint: filter: .*imageStatus/),
    });
  });
});
