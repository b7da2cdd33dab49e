import * as z from 'zod';
import { fileSchema } from './schema';

/** JSON Schema (draft 2020-12) of slipway.yaml as a person writes it, with descriptions and defaults, for editors. */
export const jsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(fileSchema, { io: 'input' }),
  title: 'slipway.yaml',
  description: 'One service and how it is delivered.',
});
