// Adds what the last run's roles called to the recording: `npx tsx scripts/record-calls.ts` after `slipway run`, then `npm run format`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../lib/local/assembly';
import type { UsedPermission } from '../lib/local/aws/call-log';
import { readEstate } from '../lib/permissions/calls';
import { type RecordedUse, recorded } from '../lib/permissions/recorded-calls';

const root = join(__dirname, '..');
const RECORDING = join(root, 'test', 'fixtures', 'recorded-calls.json');
const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

const assembly = readAssembly(join(root, '.slipway', 'cdk.out'));
if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
const lines = readFileSync(join(root, '.slipway', 'calls.jsonl'), 'utf8')
  .trim()
  .split('\n');
const used = lines.map((line) => JSON.parse(line) as UsedPermission);
const known = JSON.parse(readFileSync(RECORDING, 'utf8')) as RecordedUse[];
const now = recorded(used, readEstate(assembly.value, place));
const all = [...new Set([...known, ...now].map((use) => JSON.stringify(use)))].sort();
writeFileSync(RECORDING, `[\n${all.map((line) => `  ${line}`).join(',\n')}\n]\n`);
console.log(`${now.length} calls in this run, ${all.length} in the recording`);
