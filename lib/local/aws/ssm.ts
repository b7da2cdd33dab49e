import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm';
import { err, ok, type Result } from '../../result';
import type { SecretSource } from '../codebuild/secrets';
import { pageOf } from './paging';
import { type AwsError, type Principal, type Service, takes } from './service';

export interface ValueContext {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Where the values are; absent: there are none. */
  readonly secrets?: Pick<SecretSource, 'values'>;
  /** Since when the values are as they are: the endpoint's start. */
  readonly since: Date;
  /** Hears of each secret, before it is answered. */
  readonly reveal: (caller: Principal, value: string) => void;
}

const LARGEST_PAGE = 10;

/**
 * Parameter Store (Systems Manager API reference) over the user's file of secrets. Each parameter is a String in version 1: the file
 * says nothing of SecureString, so WithDecryption changes nothing.
 */
export function ssm(context: ValueContext): Service {
  const { partition, region, account, since } = context;
  const arnOf = (name: string): string =>
    `arn:${partition}:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

  const all = (): Result<ReadonlyMap<string, string>, AwsError> => {
    const values = context.secrets?.values?.();
    if (values && !values.ok)
      return err({ code: 'InternalServerError', message: values.errors.join('; '), status: 400 });
    return ok(new Map(Object.entries(values?.value.parameters ?? {})));
  };

  const describe = (name: string, value: string, selector?: string): Parameter => ({
    Name: name,
    Type: 'String',
    Value: value,
    Version: 1,
    ...(selector !== undefined && { Selector: selector }),
    LastModifiedDate: since,
    ARN: arnOf(name),
    DataType: 'text',
  });

  /** Who asks for decryption takes it for a secret. */
  const tell = (caller: Principal, decrypted: boolean | undefined, values: readonly Parameter[]): void => {
    if (decrypted) for (const { Value = '' } of values) context.reveal(caller, Value);
  };

  /** By name or ARN, perhaps with `:<version or label>`. */
  const find = (parameters: ReadonlyMap<string, string>, asked: string): Result<Parameter, AwsError> => {
    const path = asked.replace(/^arn:[^:]*:ssm:[^:]*:[^:]*:parameter/, '');
    const [named = '', selector] = path.split(':');
    const name = [named, named.replace(/^\//, '')].find((each) => parameters.has(each));
    if (name === undefined) return err({ code: 'ParameterNotFound', message: `Parameter ${named} not found.` });
    if (selector !== undefined && selector !== '1')
      return err({
        code: 'ParameterVersionNotFound',
        message: `Systems Manager could not find version ${selector} of ${name}.`,
      });
    return ok(describe(name, parameters.get(name) as string, selector === undefined ? undefined : `:${selector}`));
  };

  return {
    prefix: 'ssm',
    invalidInput: 'ValidationException',
    operations: {
      GetParameter: takes<GetParameterRequest, GetParameterResult>()(
        ['Name', 'WithDecryption'],
        ({ Name = '', WithDecryption }, caller) => {
          const parameters = all();
          if (!parameters.ok) return parameters;
          const found = find(parameters.value, Name);
          if (!found.ok) return found;
          tell(caller, WithDecryption, [found.value]);
          return ok({ Parameter: found.value });
        },
        ({ Name = '' }) => arnOf(Name),
      ),
      GetParameters: takes<GetParametersRequest, GetParametersResult>()(
        ['Names', 'WithDecryption'],
        ({ Names = [], WithDecryption }, caller) => {
          const parameters = all();
          if (!parameters.ok) return parameters;
          const found = Names.map((name) => find(parameters.value, name));
          const values = found.flatMap((each) => (each.ok ? [each.value] : []));
          tell(caller, WithDecryption, values);
          return ok({
            Parameters: values,
            InvalidParameters: Names.filter((_, index) => !found[index]?.ok),
          });
        },
      ),
      GetParametersByPath: takes<GetParametersByPathRequest, GetParametersByPathResult>()(
        ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken'],
        ({ Path = '', Recursive = false, WithDecryption, MaxResults = LARGEST_PAGE, NextToken }, caller) => {
          if (!Path.startsWith('/'))
            return err({
              code: 'ValidationException',
              message: `The parameter path '${Path}' must begin with a slash, "/".`,
            });
          const parameters = all();
          if (!parameters.ok) return parameters;
          const folder = Path.endsWith('/') ? Path : `${Path}/`;
          const inside = [...parameters.value].filter(
            ([name]) => name.startsWith(folder) && (Recursive || !name.slice(folder.length).includes('/')),
          );
          const page = pageOf(inside, ([name]) => name, MaxResults, NextToken);
          if (!page.ok) return err({ code: 'InvalidNextToken', message: page.errors.join('; ') });
          const { items, nextToken } = page.value;
          const values = items.map(([name, value]) => describe(name, value));
          tell(caller, WithDecryption, values);
          return ok({
            Parameters: values,
            ...(nextToken !== undefined && { NextToken: nextToken }),
          });
        },
        ({ Path = '' }) => arnOf(Path),
      ),
    },
  };
}
