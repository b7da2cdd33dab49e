import type { z } from 'zod';

/** All that is wrong, each with its place: `predicate.runDetails.builder.id: …`. */
export const issuesOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
