import { type ApproveOptions, answer } from './approve';

/** Says no to the approval that waits: the action fails, and with it its stage. */
export const reject = (first: string | undefined, second: string | undefined, options: ApproveOptions) =>
  answer('Rejected', first, second, options);
