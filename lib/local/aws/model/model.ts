/** What a service's own model says of the operations that are here; written by scripts/aws-models.ts from botocore's data. */
export interface ServiceModel {
  /** Version of botocore that it was taken from. */
  readonly botocore: string;
  /** Folder of the model there: `<service>/<API version>`. */
  readonly source: string;
  /** Of X-Amz-Target. */
  readonly targetPrefix?: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  /** Of a REST service every operation, here or not: `GET /clusters/{name}` -> name. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface OperationModel {
  /** Names of shapes. */
  readonly input?: string;
  readonly output?: string;
  /** Codes of the errors that it may answer with, the common ones aside. */
  readonly errors: readonly string[];
}

export type Shape =
  | {
      readonly type: 'structure';
      /** Member -> shape. */
      readonly members: Readonly<Record<string, string>>;
      readonly required?: readonly string[];
    }
  | { readonly type: 'list'; readonly member: string; readonly min?: number; readonly max?: number }
  | {
      readonly type: 'map';
      readonly key: string;
      readonly value: string;
      readonly min?: number;
      readonly max?: number;
    }
  | {
      readonly type: 'string';
      readonly min?: number;
      readonly max?: number;
      /** Must match from the first character to the last. */
      readonly pattern?: string;
      readonly enum?: readonly string[];
    }
  | {
      readonly type: 'integer' | 'long' | 'float' | 'double';
      readonly min?: number;
      readonly max?: number;
    }
  /** Sizes are bytes. */
  | { readonly type: 'blob'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' | 'timestamp' };

/** The operation that a request to a REST service is; undefined: none that the model knows. */
export function operationOf(model: ServiceModel | undefined, method: string, path: string): string | undefined {
  const steps = path.split('/');
  const fits = (route: string): boolean => {
    const [verb, pattern = ''] = route.split(' ');
    const expected = pattern.split('/');
    return (
      verb === method &&
      expected.length === steps.length &&
      expected.every((step, index) => step === steps[index] || (step.startsWith('{') && steps[index] !== ''))
    );
  };
  const routes = Object.keys(model?.routes ?? {}).filter(fits);
  // A step in words goes before one that may be anything.
  const [route] = routes.sort((a, b) => a.split('{').length - b.split('{').length);
  return route === undefined ? undefined : model?.routes?.[route];
}
