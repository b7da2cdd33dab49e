import { createHash } from 'node:crypto';
import type {
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
} from '@aws-sdk/client-secrets-manager';
import { err, ok, type Result } from '../../result';
import { uuidOf } from './attempts/attempts';
import { type AwsError, type Service, takes } from './service';
import type { ValueContext } from './ssm';

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  readonly value: string;
}

const CURRENT = 'AWSCURRENT';

/** Secrets Manager (Secrets Manager API reference) over the user's file of secrets: each secret has one version, the current one. */
export function secretsManager(context: ValueContext): Service {
  const { partition, region, account, since } = context;
  /** Secrets Manager ends the ARN with six letters of its own. */
  const arnOf = (name: string): string => {
    if (name.startsWith('arn:')) return name;
    const letters = createHash('sha256').update(name).digest('hex').slice(0, 6);
    return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-${letters}`;
  };

  const find = (id: string): Result<Secret, AwsError> => {
    const values = context.secrets?.values?.();
    if (values && !values.ok)
      return err({ code: 'InternalServiceError', message: values.errors.join('; '), status: 400 });
    const secrets = Object.entries(values?.value.secrets ?? {});
    const found = secrets.find(([name]) => [name, arnOf(name), arnOf(name).slice(0, -7)].includes(id));
    if (!found)
      return err({ code: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." });
    const [name, value] = found;
    return ok({ name, value, arn: arnOf(name), version: uuidOf(`${name}\n${value}`) });
  };

  return {
    prefix: 'secretsmanager',
    invalidInput: 'ValidationException',
    operations: {
      GetSecretValue: takes<GetSecretValueRequest, GetSecretValueResponse>()(
        ['SecretId', 'VersionId', 'VersionStage'],
        ({ SecretId = '', VersionId, VersionStage = CURRENT }, caller) => {
          const secret = find(SecretId);
          if (!secret.ok) return secret;
          const { name, arn, version, value } = secret.value;
          if (VersionStage !== CURRENT) return noVersion(`staging label: ${VersionStage}`);
          if (VersionId !== undefined && VersionId !== version) return noVersion(`VersionId: ${VersionId}`);
          context.reveal(caller, value);
          return ok({
            ARN: arn,
            Name: name,
            VersionId: version,
            SecretString: value,
            VersionStages: [CURRENT],
            CreatedDate: since,
          });
        },
        ({ SecretId = '' }) => arnOf(SecretId),
      ),
      DescribeSecret: takes<DescribeSecretRequest, DescribeSecretResponse>()(
        ['SecretId'],
        ({ SecretId = '' }) => {
          const secret = find(SecretId);
          if (!secret.ok) return secret;
          const { name, arn, version } = secret.value;
          return ok({
            ARN: arn,
            Name: name,
            CreatedDate: since,
            LastChangedDate: since,
            VersionIdsToStages: { [version]: [CURRENT] },
          });
        },
        ({ SecretId = '' }) => arnOf(SecretId),
      ),
    },
  };
}

const noVersion = (asked: string): Result<never, AwsError> =>
  err({
    code: 'ResourceNotFoundException',
    message: `Secrets Manager can't find the specified secret value for ${asked}`,
  });
