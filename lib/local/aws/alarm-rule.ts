import { err, ok, type Result } from '../../result';
import type { StateValue } from './metric-alarm';

/** The rule of a composite alarm (PutCompositeAlarm, AlarmRule). Alarms are named by name or ARN. */
export type AlarmRule =
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly of: readonly AlarmRule[] }
  | {
      readonly kind: 'at-least';
      /** A number of alarms. */
      readonly count: number;
      readonly of: readonly AlarmRule[];
    };

const TOKEN = /\s*(?:([(),])|"((?:[^"\\]|\\.)*)"|([^\s(),"]+))/y;

/** Parses a rule. NOT binds closer than AND, AND closer than OR. */
export function parseAlarmRule(text: string): Result<AlarmRule, string> {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const body = text.trimEnd();
  while (TOKEN.lastIndex < body.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(body);
    if (!match) return err(`alarm rule ${text}: cannot be read from "${body.slice(at, at + 20)}" on`);
    tokens.push(match[1] ?? (match[2] !== undefined ? `"${match[2]}` : (match[3] as string)));
  }
  try {
    const parser = new Parser(tokens);
    const rule = parser.or();
    parser.end();
    return ok(rule);
  } catch (error) {
    if (error instanceof SyntaxError) return err(`alarm rule ${text}: ${error.message}`);
    throw error;
  }
}

/** Every alarm that a rule names. */
export function alarmsOf(rule: AlarmRule): string[] {
  switch (rule.kind) {
    case 'state':
      return [rule.alarm];
    case 'constant':
      return [];
    case 'not':
      return alarmsOf(rule.of);
    default:
      return rule.of.flatMap(alarmsOf);
  }
}

/** Whether the rule holds, given each named alarm's state. */
export function holds(rule: AlarmRule, stateOf: (alarm: string) => StateValue): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'constant':
      return rule.value;
    case 'not':
      return !holds(rule.of, stateOf);
    case 'and':
      return rule.of.every((each) => holds(each, stateOf));
    case 'or':
      return rule.of.some((each) => holds(each, stateOf));
    case 'at-least':
      return rule.of.filter((each) => holds(each, stateOf)).length >= rule.count;
    default:
      return rule satisfies never;
  }
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  or(): AlarmRule {
    return this.chain('OR', 'or', () => this.chain('AND', 'and', () => this.unary()));
  }

  end(): void {
    if (this.at < this.tokens.length) throw new SyntaxError(`expected AND, OR or the end, found ${this.shown()}`);
  }

  private chain(word: string, kind: 'and' | 'or', operand: () => AlarmRule): AlarmRule {
    const of = [operand()];
    while (this.tokens[this.at] === word) {
      this.at++;
      of.push(operand());
    }
    return of.length === 1 ? (of[0] as AlarmRule) : { kind, of };
  }

  private unary(): AlarmRule {
    const token = this.next('an expression');
    switch (token) {
      case 'NOT':
        return { kind: 'not', of: this.unary() };
      case '(': {
        const rule = this.or();
        this.expect(')');
        return rule;
      }
      case 'TRUE':
      case 'FALSE':
        return { kind: 'constant', value: token === 'TRUE' };
      case 'AT_LEAST':
        return this.atLeast();
      default: {
        if (!isState(token)) {
          this.at--;
          throw new SyntaxError(
            `expected ALARM(…), OK(…), INSUFFICIENT_DATA(…), AT_LEAST(…), NOT, TRUE, FALSE or "(", found ${this.shown()}`,
          );
        }
        this.expect('(');
        const alarm = this.name();
        this.expect(')');
        return { kind: 'state', state: token, alarm };
      }
    }
  }

  /** `AT_LEAST(2, ALARM, (a, b, c))`, `AT_LEAST(50%, NOT OK, (a, b))`. */
  private atLeast(): AlarmRule {
    this.expect('(');
    const written = this.next('a number or a percentage');
    const number = Number(written.replace(/%$/, ''));
    if (!(number > 0)) throw new SyntaxError(`expected a number of alarms or a percentage of them, found ${written}`);
    this.expect(',');
    const isNegated = this.tokens[this.at] === 'NOT';
    if (isNegated) this.at++;
    const state = this.next('ALARM, OK or INSUFFICIENT_DATA');
    if (!isState(state)) throw new SyntaxError(`expected ALARM, OK or INSUFFICIENT_DATA, found ${state}`);
    this.expect(',');
    this.expect('(');
    const names = [this.name()];
    while (this.tokens[this.at] === ',') {
      this.at++;
      names.push(this.name());
    }
    this.expect(')');
    this.expect(')');
    const of = names.map((alarm): AlarmRule => {
      const rule: AlarmRule = { kind: 'state', state, alarm };
      return isNegated ? { kind: 'not', of: rule } : rule;
    });
    return { kind: 'at-least', count: written.endsWith('%') ? Math.ceil((number / 100) * of.length) : number, of };
  }

  private name(): string {
    const token = this.next('the name or ARN of an alarm');
    if (['(', ')', ','].includes(token))
      throw new SyntaxError(`expected the name or ARN of an alarm, found "${token}"`);
    return token.replace(/^"/, '').replace(/\\(.)/g, '$1');
  }

  private expect(token: string): void {
    if (this.tokens[this.at] !== token) throw new SyntaxError(`expected "${token}", found ${this.shown()}`);
    this.at++;
  }

  private next(expected: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new SyntaxError(`expected ${expected}, found the end`);
    return token;
  }

  private shown(): string {
    const token = this.tokens[this.at];
    return token === undefined ? 'the end' : `"${token.replace(/^"/, '')}"`;
  }
}

const isState = (token: string): token is StateValue => ['ALARM', 'OK', 'INSUFFICIENT_DATA'].includes(token);
