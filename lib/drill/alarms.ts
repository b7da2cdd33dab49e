import { join } from 'node:path';
import type { AlarmState } from '../local/aws/alarms';
import { startEndpoint } from '../local/aws/endpoint';
import { ImageStore } from '../local/image/store';

const ACCOUNT = '000000000000';
const REGION = 'local-1';

/** CloudWatch on loopback, with one alarm. */
export interface AlarmEndpoint {
  /** For programs that are to ask it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `folder` takes what the endpoint keeps. */
export async function alarmEndpoint(folder: string, name: string, state: AlarmState['state']): Promise<AlarmEndpoint> {
  const alarm = {
    kind: 'composite',
    name,
    arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
    rule: 'FALSE',
  } as const;
  const endpoint = await startEndpoint({
    account: ACCOUNT,
    region: REGION,
    partition: 'aws',
    clusters: [],
    images: new ImageStore(join(folder, 'registry')),
    repositories: [],
    alarms: { states: () => [{ alarm, state, reason: 'put on purpose', since: new Date(0) }] },
  });
  const role = `arn:aws:iam::${ACCOUNT}:role/drill`;
  const { accessKeyId, secretAccessKey, sessionToken } = endpoint.credentialsFor(role, 'drill');
  return {
    environment: {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    close: () => endpoint.close(),
  };
}
