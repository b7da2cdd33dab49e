// The service of the drills. Its environment says which release it is and what is wrong with it:
//   VERSION      what it answers as its version
//   BEHAVIOUR    `good`, or faults with commas between them, each with an argument after a colon:
//     exit            ends at its start with an error
//     dies:<ms>       gets ready, and ends with an error so many milliseconds after its start
//     unready         never gets ready
//     errors          ready, and answers 500 to everything else
//     flaky:<percent> so many of the answers, other than to probes, are 500
//     slow:<ms>       answers so late
//     leaks           gets ready and takes memory until it is ended
//     says:<version>  answers with another version than its own
//   READS, SETTINGS  the format of settings that it can read, and the settings: `format=1`; it ends with an error if they differ
// With the argument `job` it does nothing and ends well, or with an error if BEHAVIOUR is `exit`.
import { createServer } from 'node:http';

const { VERSION = '0', BEHAVIOUR = 'good', READS, SETTINGS, HOST = '0.0.0.0', PORT = '8080' } = process.env;
const faults = new Map(BEHAVIOUR.split(',').map((word) => word.split(':')));
/** Milliseconds between the order to end and the end: whoever routes requests here needs that time to notice. */
const LINGER = 300;

const fail = (words) => {
  console.error(`${new Date().toISOString()} version ${VERSION}: ${words}`);
  process.exit(3);
};

if (faults.has('exit')) fail('cannot start: the database has no table "visits"');
if (READS && SETTINGS !== `format=${READS}`) fail(`cannot read settings "${SETTINGS}", only format=${READS}`);
if (process.argv[2] === 'job') process.exit(0);

const says = faults.get('says') ?? VERSION;
let asked = 0;
const server = createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  if (request.url === '/healthz') return answer(200, { status: 'ok' });
  if (request.url === '/readyz') {
    const ready = !faults.has('unready');
    return answer(ready ? 200 : 503, { status: ready ? 'ready' : 'the database does not answer' });
  }
  asked++;
  const isBad =
    faults.has('errors') || (asked * Number(faults.get('flaky') ?? 0)) % 100 < Number(faults.get('flaky') ?? 0);
  const status = isBad ? 500 : 200;
  const wait = Number(faults.get('slow') ?? 0);
  const body =
    status === 200 ? { version: says, settings: SETTINGS ?? null } : { error: 'no connection to the database' };
  setTimeout(() => answer(status, body), wait);
});
server.listen(Number(PORT), HOST, () => console.log(`version ${VERSION} serves`));

if (faults.has('dies')) {
  // What it was asked is answered, so that a drill counts only what a deployer could have spared the users.
  setTimeout(() => server.close(() => fail('lost the connection to the database')), Number(faults.get('dies')));
}
if (faults.has('leaks')) {
  const kept = [];
  setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 50);
}
process.on('SIGTERM', () => setTimeout(() => server.close(() => process.exit(0)), LINGER));
