import { checkRow } from './check-row';
import { buildWithSecret } from './credentials/build-with-secret';
import { LEAKS, NO_LEAK } from './credentials/leaks';
import { credentials } from './rows/06-credentials';

checkRow(credentials);

describe('what looks for the secret is not blind', () => {
  // A value that the build reads itself is known as a secret, whatever the project says.
  const given = LEAKS.filter(({ id }) => !id.startsWith('read-'));

  it.each(given)('a $description is seen when nothing takes the value for a secret', async ({ apply }) => {
    const subject = { build: NO_LEAK };
    await apply(subject);
    expect((await buildWithSecret({ ...subject.build, value: 'plain' })).traces).not.toEqual([]);
  });

  it('a build that keeps its secret leaves no trace, and nothing had to be held back', async () => {
    expect(await buildWithSecret(NO_LEAK)).toEqual({ traces: [], held: [] });
  });
});
