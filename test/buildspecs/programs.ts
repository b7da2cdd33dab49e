import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of programs for the front of PATH: name -> bash script. `$STATE` in a script is the folder itself. */
export function programs(root: string, scripts: Readonly<Record<string, string>>): string {
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, 'programs-'));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/bash\nSTATE='${folder}'\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}
