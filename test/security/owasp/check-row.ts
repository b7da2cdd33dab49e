import { type Row, titleOf } from './mutants';

/** Tests of a row: what is ours has no finding, and each mutant is found by the check that claims it. `timeout` of each, in ms. */
export function checkRow(row: Row, timeout = 60_000): void {
  describe(titleOf(row), () => {
    describe.each([...row.suites])('$name', ({ judge, judgeMutant, mutants }) => {
      it('has no finding', async () => expect(await judge()).toEqual([]), timeout);

      const caught = mutants.filter(({ survives }) => survives === undefined);
      const survivors = mutants.filter(({ survives }) => survives !== undefined);
      if (caught.length > 0) {
        it.each(caught)(
          '$foundBy finds a $description',
          async ({ id }) => expect(await judgeMutant(id)).not.toEqual([]),
          timeout,
        );
      }
      if (survivors.length > 0) {
        it.each(survivors)(
          'nothing finds a $description: $survives',
          async ({ id }) => expect(await judgeMutant(id)).toEqual([]),
          timeout,
        );
      }
    });

    it('names everything once, and proves each check by a mutant that it finds', () => {
      const mutants = row.suites.flatMap((suite) => suite.mutants);
      const checks = row.suites.flatMap((suite) => suite.checks.map(({ name }) => name));
      for (const names of [mutants.map(({ id }) => id), checks]) expect(names).toEqual([...new Set(names)]);
      const proved = mutants.filter(({ survives }) => survives === undefined).map(({ foundBy }) => foundBy);
      expect([...new Set(proved)].sort()).toEqual([...checks].sort());
    });
  });
}
