import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../iam/conditions';
import type { RecordedCall } from './dispatch';

/** One permission that a role made use of: a line of the file of calls. */
export interface UsedPermission {
  /** ARN. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
  /** Code of the error that answered the call. */
  readonly error?: string;
}

/** A file of JSON lines with what roles made use of, each but once, begun anew; what cannot be written is left out. */
export function callLog(file: string): (call: RecordedCall) => void {
  const seen = new Set<string>();
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return ({ principal: role, needs = [], error }) => {
    for (const { action, resource, context } of needs) {
      const used: UsedPermission = { role, action, resource, ...(context && { context }), ...(error && { error }) };
      const line = JSON.stringify(used);
      if (seen.has(line)) continue;
      seen.add(line);
      try {
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
      } catch {
        // A full disk ends no run for the sake of this file.
      }
    }
  };
}
