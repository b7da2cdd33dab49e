import type { Complaint } from './complaints';

/** Rules between several values. Each looks at what it can read and leaves the rest to the schema. */
export const brokenRules = (_value: unknown): Complaint[] => [];
