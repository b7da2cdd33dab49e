import type { z } from 'zod';
import type { Result } from '../../result';

/** An HTTP request as it came in. */
export interface RawRequest {
  readonly method: string;
  /** Path, as sent (percent-encoded), without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An error as an AWS service answers it. */
export interface AwsError {
  readonly code: string;
  readonly message: string;
  /** HTTP status; 400 if absent, so that no client tries again. */
  readonly status?: number;
}

/** Who calls: a role's session, as on AWS. */
export interface Principal {
  readonly roleArn: string;
  /** That of the role. */
  readonly account: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
}

export type Answer = Result<Readonly<Record<string, unknown>>, AwsError>;

export interface Operation {
  /** What the input must be beyond what the service's model says; S3 and others without a model say it all here. */
  readonly input?: z.ZodType;
  /** Members of the input that are read; one that is not among them is refused by name. Absent: `input` decides. */
  readonly takes?: readonly string[];
  /** ARN of what the operation is about, for the record of calls. */
  readonly resource?: (input: never) => string | undefined;
  readonly run: (input: never, caller: Principal) => Promise<Answer> | Answer;
}

/** One AWS service: the operations that are here, under the names of its API. */
export interface Service {
  /** Prefix of its actions in IAM policies. */
  readonly prefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** For REST protocols: which operation a request is, and what its path holds. */
  readonly route?: (request: RawRequest) => Route | undefined;
  /** For the query protocol. */
  readonly xmlNamespace?: string;
  /** Code of the error that answers input which the API, or this endpoint, does not know. */
  readonly invalidInput: string;
}

export interface Route {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * An operation whose input the service's model has checked (see readInput), of which it takes these members: `takes<I, O>()(['name'],
 * ({ name }) => ok({ … }))`. `I` and `O` are the SDK's types, so the compiler knows the answer's members.
 */
export const takes =
  <I extends object, O extends object>() =>
  <K extends keyof I & string = never>(
    members: readonly K[],
    run: (input: Pick<I, K>, caller: Principal) => Promise<Result<O, AwsError>> | Result<O, AwsError>,
    resource?: (input: Pick<I, K>) => string | undefined,
  ): Operation => ({
    takes: members,
    run: run as unknown as Operation['run'],
    resource: resource as Operation['resource'],
  });

/** Ties an operation's handler to the type of its input. */
export const operation = <S extends z.ZodType>(
  input: S,
  run: (input: z.output<S>, caller: Principal) => Promise<Answer> | Answer,
  resource?: (input: z.output<S>) => string | undefined,
): Operation => ({ input, run: run as Operation['run'], resource: resource as Operation['resource'] });
