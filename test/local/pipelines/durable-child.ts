import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../lib/local/clock';
import { essence, openScenario, operate } from './scenario';

/** The program that is killed: goes on with the scenario in the folder that it is given, and tells what came of it. */
async function main(folder: string): Promise<void> {
  const host = await openScenario({
    stateFolder: join(folder, 'state'),
    clock: systemClock,
    newId: randomUUID,
    effect: (what) => appendFileSync(join(folder, 'effects'), `${what}\n`),
    act: () => new Promise((resolve) => setTimeout(resolve, 1)),
  });
  process.stdout.write('ready\n');
  await operate(host);
  await host.close('unfinished');
  writeFileSync(join(folder, 'essence.json'), JSON.stringify(essence(host)));
}

void main(process.argv[2] ?? '');
