import * as z from 'zod';
import { fileSchema } from './schema';

/** JSON Schema (draft 2020-12) of slipway.yaml as a person writes it, with descriptions and defaults, for editors. */
export const jsonSchema = (): Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, {
    io: 'input',
    override: ({ jsonSchema: json }) => relax(json),
  });
  return { $schema, title: 'slipway.yaml', description: 'One service and how it is delivered.', ...rest };
};

/** A section whose keys are all optional may be left empty; that it has a default then says nothing. */
const relax = (json: z.core.JSONSchema.BaseSchema): void => {
  if (json.properties === undefined) return;
  if ((json.required ?? []).length === 0) json.type = ['object', 'null'] as unknown as 'object';
  if (JSON.stringify(json.default) === '{}') delete json.default;
};
