/** A value of a template as text; of an object its JSON, since it may hold what String() trips over. */
export const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
