import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../../lib/local/aws/endpoint';
import { digestOf } from '../../../lib/local/image/manifest';
import { ImageStore } from '../../../lib/local/image/store';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/slipway/visits-image`;
export const CLUSTER_ARN = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/delivery`;
export const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;

export interface Surroundings {
  readonly endpoint: Endpoint;
  readonly images: ImageStore;
  readonly folder: string;
  /** What an SDK client needs to call the endpoint as a session of ROLE. */
  client(): {
    endpoint: string;
    region: string;
    credentials: ReturnType<Endpoint['credentialsFor']>;
    maxAttempts: number;
  };
  /** What a command line needs for the same. */
  environment(): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export async function surroundings(options: Partial<EndpointOptions> = {}): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), 'endpoint-'));
  const images = new ImageStore(join(folder, 'registry'));
  const endpoint = await startEndpoint({
    account: ACCOUNT,
    region: REGION,
    partition: 'aws',
    images,
    repositories: ['visits'],
    clusters: [
      {
        name: 'delivery',
        version: '1.35',
        arn: CLUSTER_ARN,
        url: () => 'https://127.0.0.1:6443',
        caData: () => 'Y2E=',
      },
      { name: 'starting', version: '1.35', arn: `${CLUSTER_ARN}2`, url: () => undefined, caData: () => undefined },
    ],
    ...options,
  });
  return {
    endpoint,
    images,
    folder,
    client: () => ({
      endpoint: endpoint.url,
      region: REGION,
      credentials: endpoint.credentialsFor(ROLE, 'build-1'),
      maxAttempts: 1,
    }),
    environment: () => {
      const { accessKeyId, secretAccessKey, sessionToken } = endpoint.credentialsFor(ROLE, 'build-1');
      return {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_DEFAULT_REGION: REGION,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
      };
    },
    async close() {
      await endpoint.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Puts the parts of a smallest image into the store; gives its manifest. */
export async function storeImage(images: ImageStore, marker: string): Promise<{ manifest: string; digest: string }> {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { marker } },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  await images.putBlob(config);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [],
  });
  return { manifest, digest: digestOf(manifest) };
}
