import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { list, type Ran } from '../local/cluster/harness';
import type { Row, Scenario } from './scenario';

export interface Subject {
  readonly kubectl: (args: string, input?: string) => Promise<Ran>;
  /** An image that serves HTTP at once; undefined: no pod can run there. */
  readonly image: string | undefined;
}

/** Milliseconds that a row with `eventually` has, and between two looks. */
const PATIENCE = 30_000;
const PAUSE = 150;

/** Runs a scenario in a namespace of its own and gives each row that was seen otherwise, in words. */
export async function differences(scenario: Scenario, { kubectl, image = 'none:1' }: Subject): Promise<string[]> {
  const namespace = `fidelity-${randomBytes(4).toString('hex')}`;
  const fill = (text: string): string => text.replaceAll('{namespace}', namespace).replaceAll('{image}', image);
  const type = (row: Row): Promise<Ran> => {
    const command = fill(row.run);
    return kubectl(/ -n /.test(command) ? command : `-n ${namespace} ${command}`, inputOf(row, fill));
  };
  const created = await kubectl(`create namespace ${namespace}`);
  if (created.code !== 0) return [`create namespace: ${created.stderr}`];
  const found: string[] = [];
  try {
    for (const row of scenario.rows) {
      const end = Date.now() + PATIENCE;
      let wrong = judge(row, await type(row));
      while (wrong && row.eventually && Date.now() < end) {
        await delay(PAUSE);
        wrong = judge(row, await type(row));
      }
      if (wrong) found.push(wrong);
    }
  } finally {
    await kubectl(`delete namespace ${namespace} --wait=false`);
  }
  return found;
}

function inputOf({ input }: Row, fill: (text: string) => string): string | undefined {
  if (input === undefined) return undefined;
  if (typeof input === 'string') return fill(input);
  return fill(Array.isArray(input) ? list(input) : JSON.stringify(input));
}

function judge(row: Row, { code, stdout, stderr }: Ran): string | undefined {
  const { code: wanted = 0, out = /(?:)/, not = /(?!)/ } = row;
  const said = stdout + stderr;
  if (code === wanted && out.test(said) && !not.test(said)) return undefined;
  const expected = [`exit ${wanted}`, ...(row.out ? [String(row.out)] : []), ...(row.not ? [`not ${row.not}`] : [])];
  return `kubectl ${row.run}: expected ${expected.join(', ')}; got exit ${code}: ${said.trim().slice(0, 600)}`;
}
