/**
 * The form of the security checks: a row of the OWASP Top 10 CI/CD risks has suites, a suite has one subject (templates, the
 * model, a buildspec's text, what a run left behind), named checks of it, and mutants of it that those checks must find.
 */

/** What is wrong with `subject`, one text a place; empty: nothing. */
export interface Check<S> {
  /** Unique in its row. */
  readonly name: string;
  /** What it holds, as a sentence. */
  readonly holds: string;
  readonly findings: (subject: S) => readonly string[] | Promise<readonly string[]>;
}

export interface Mutant<S> {
  /** Unique in its row. */
  readonly id: string;
  /** What the mutant does, in words that fit "a …". */
  readonly description: string;
  /** Name of the check that must find it; a mutant that others find too has still to be found by this one. */
  readonly foundBy: string;
  /** Changes the subject, which is a copy of its own. What it gives is not read, but waited for. */
  readonly apply: (subject: S) => unknown;
  /** Why nothing finds it: it is listed, counts against the score, and must really not be found. */
  readonly survives?: string;
}

/** A suite without the type of its subject. */
export interface Suite {
  readonly name: string;
  readonly checks: readonly Pick<Check<never>, 'name' | 'holds'>[];
  readonly mutants: readonly Omit<Mutant<never>, 'apply'>[];
  /** Every finding of every check, as `<check>: <text>`, of the subject as it is. */
  readonly judge: () => Promise<readonly string[]>;
  /** What the check that claims this mutant finds in it. Throws when the mutant has changed nothing. */
  readonly judgeMutant: (id: string) => Promise<readonly string[]>;
}

export interface Proof {
  /** From the project's root. */
  readonly file: string;
  /** As it stands in the file: the title of a test, or the first entry of a row of a table of tests. */
  readonly title: string;
}

export interface Row {
  /** Its number in the OWASP Top 10 CI/CD Security Risks (CICD-SEC-1 …); `Pods` is of ours, beside them. */
  readonly number: number | 'Pods';
  /** The risk, by its name there. */
  readonly risk: string;
  /** What stands against it here, a sentence each. */
  readonly controls: readonly string[];
  readonly suites: readonly Suite[];
  /** Tests of other suites that show it too. */
  readonly proofs?: readonly Proof[];
  /** What no check here shows, and why. */
  readonly notRun: readonly string[];
}

export const titleOf = ({ number, risk }: Row): string =>
  `${typeof number === 'number' ? `CICD-SEC-${number}` : number}: ${risk}`;

/** `subject` is plain data and made once; every mutant gets a copy. What is expensive belongs into a check, which may be slow. */
export function suite<S extends object>(spec: {
  readonly name: string;
  readonly subject: () => S | Promise<S>;
  readonly checks: readonly Check<S>[];
  readonly mutants: readonly Mutant<S>[];
}): Suite {
  const { name, checks, mutants } = spec;
  let made: Promise<S> | undefined;
  const subject = async (): Promise<S> => {
    made ??= Promise.resolve(spec.subject());
    return structuredClone(await made);
  };
  return {
    name,
    checks,
    mutants,
    judge: async () => {
      const found: string[] = [];
      for (const check of checks) {
        for (const text of await check.findings(await subject())) found.push(`${check.name}: ${text}`);
      }
      return found;
    },
    judgeMutant: async (id) => {
      const mutant = named(mutants, ({ id: one }) => one === id, `mutant ${id}`);
      const check = named(checks, ({ name: one }) => one === mutant.foundBy, `check ${mutant.foundBy}`);
      const mutated = await subject();
      await mutant.apply(mutated);
      if (JSON.stringify(mutated) === JSON.stringify(await subject())) throw new Error(`${id} changes nothing`);
      return check.findings(mutated);
    },
  };
}

const named = <T>(all: readonly T[], is: (one: T) => boolean, what: string): T => {
  const found = all.find(is);
  if (found === undefined) throw new Error(`there is no ${what}`);
  return found;
};
