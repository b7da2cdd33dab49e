import { z } from 'zod';
import { ok } from '../../result';
import { operation, type Service } from './service';

/** STS (STS API reference): who a caller is. `aws eks get-token` presigns this very call. */
export const sts = (account: string): Service => ({
  prefix: 'sts',
  invalidInput: 'ValidationError',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    GetCallerIdentity: operation(z.strictObject({}), (_, { arn, userId }) =>
      ok({ Arn: arn, UserId: userId, Account: account }),
    ),
  },
});
