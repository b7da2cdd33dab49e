import { err, type Result } from '../../result';
import type { HostError } from './host';

/** `code` is the name of an exception of the CodePipeline API. */
export const refused = (code: string, message: string): Result<never, HostError> => err({ code, message });
