import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecretSource } from '../codebuild/secrets';
import type { Permissions } from '../iam/permissions';
import type { ImageStore } from '../image/store';
import type { PipelineHost } from '../pipelines/host';
import { Access } from './access';
import type { Alarms } from './cloudwatch/service';
import { CredentialIssuer, type Credentials, type KeyPair } from './credentials';
import { dispatch, type RecordedCall } from './dispatch';
import type { EksCluster } from './eks';
import { type JobResults, Jobs } from './jobs';
import type { KeyRing } from './kms/key-ring';
import type { MetricStore } from './metrics';
import type { S3Object } from './s3';
import type { BucketFolder } from './s3-buckets';
import type { RawRequest, Service } from './service';
import { servicesOf } from './services';
import type { ValueContext } from './ssm';

export interface EndpointOptions {
  /** Of the pipelines, the images and the repositories. */
  readonly account: string;
  /** Further ones, whose roles work on clusters and alarms of theirs; default none. */
  readonly otherAccounts?: readonly string[];
  readonly region: string;
  readonly partition: string;
  readonly clusters: readonly EksCluster[];
  readonly images: ImageStore;
  /** ECR repositories of the template; there are no others. */
  readonly repositories: readonly string[];
  /** Alarms whose states DescribeAlarms tells; whoever made the watch runs it. None: CloudWatch has no alarms. */
  readonly alarms?: Alarms;
  /** Where PutMetricData puts, and the other operations on metrics look. */
  readonly metrics?: MetricStore;
  /** Files of the assembly, for GetObject. */
  readonly objects?: readonly S3Object[];
  /** Buckets of the templates, each in a folder. */
  readonly buckets?: readonly BucketFolder[];
  /** Pipelines by name; asked at every call, since hosts are made after the machine that runs them. */
  readonly pipelines?: () => ReadonlyMap<string, PipelineHost>;
  /** Where Parameter Store and Secrets Manager have their values. None: both are empty. */
  readonly secrets?: Pick<SecretSource, 'values'>;
  /** KMS keys of the templates that sign. None: KMS has no keys. */
  readonly keys?: KeyRing;
  /** Ends a build that runs, by its id; false: it does not run. Absent: StopBuild is refused while a build runs. */
  readonly stopBuild?: (id: string) => boolean;
  /** Further services, by signing name. */
  readonly services?: Readonly<Record<string, Service>>;
  /** Who may what: a call that the policies of its caller's role do not allow is refused. Absent: everybody may everything. */
  readonly permissions?: Permissions;
  readonly now?: () => Date;
  /** Hears of every call. */
  readonly onCall?: (call: RecordedCall) => void;
}

/** A running endpoint: AWS's wire protocols on loopback, for the programs that a pipeline's builds and functions call. */
export interface Endpoint {
  /** `http://127.0.0.1:<port>`: AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly port: number;
  /**
   * A key pair for one build, of its project's role; good until it is revoked or the endpoint closes. `onDenied` hears of each call that
   * the role may not make: which statement it lacks.
   */
  credentialsFor(roleArn: string, sessionName: string, onDenied?: (advice: string) => void): Credentials;
  revoke(accessKeyId: string): void;
  /** Tells each secret that whoever has the key reads here, before it is answered, until the function that it gives is called. */
  watchSecrets(accessKeyId: string, hear: (value: string) => void): () => void;
  /** A key pair of the principal `arn:<partition>:iam::<account>:role/slipway-operator`, for whoever operates the pipelines. */
  readonly operator: KeyPair;
  readonly jobs: JobResults;
  /** What was called, in order. */
  readonly calls: readonly RecordedCall[];
  close(): Promise<void>;
}

const LARGEST_BODY = 16 * 1024 * 1024;

export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { account, region, partition, now = () => new Date() } = options;
  for (const repository of options.repositories) await options.images.createRepository(repository);
  const issuer = new CredentialIssuer(partition);
  const jobs = new Jobs();
  const operator = `arn:${partition}:iam::${account}:role/slipway-operator`;
  const { permissions } = options;
  const access = permissions && new Access({ region, permissions, operator, now });
  const place = { account, region, partition, bucketKeys: permissions?.bucketKeys ?? new Map() };
  const calls: RecordedCall[] = [];
  const watchers = new Map<string, (value: string) => void>();
  const reveal: ValueContext['reveal'] = ({ accessKeyId }, value) => watchers.get(accessKeyId)?.(value);
  const services = servicesOf(options, { jobs, issuer, now, reveal });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    if (!request) {
      response.writeHead(413).end();
      return;
    }
    const written = await dispatch(
      request,
      { services, issuer, region, place, ...(access && { access }), now: now(), requestId: randomUUID() },
      (call) => {
        calls.push(call);
        options.onCall?.(call);
      },
    );
    response.writeHead(written.status, { ...written.headers, 'content-length': Buffer.byteLength(written.body) });
    response.end(request.method === 'HEAD' ? undefined : written.body);
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    credentialsFor: (roleArn, sessionName, onDenied) =>
      issuer.issue(roleArn, sessionName, onDenied ? { onDenied } : {}),
    revoke: (accessKeyId) => issuer.revoke(accessKeyId),
    watchSecrets: (accessKeyId, hear) => {
      watchers.set(accessKeyId, hear);
      return () => watchers.delete(accessKeyId);
    },
    operator: issuer.issueKey(operator, 'slipway'),
    jobs,
    calls,
    async close() {
      issuer.revokeAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Undefined: the body is too large. */
async function readRequest(incoming: IncomingMessage): Promise<RawRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
  };
}
