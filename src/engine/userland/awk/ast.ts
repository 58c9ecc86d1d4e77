/** The tree of an awk program. */

export type Expression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'element'; readonly name: string; readonly index: readonly Expression[] }
  | { readonly type: 'field'; readonly index: Expression }
  | { readonly type: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
  | { readonly type: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly type: 'increment'; readonly operator: string; readonly prefix: boolean; readonly target: Expression }
  | { readonly type: 'in'; readonly index: readonly Expression[]; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly builtin: boolean }
  | { readonly type: 'group'; readonly items: readonly Expression[] }
  | { readonly type: 'getline'; readonly target?: Expression; readonly source?: Expression; readonly command: boolean };

export type Statement =
  | { readonly type: 'expression'; readonly value: Expression }
  | {
      readonly type: 'print';
      readonly format: boolean;
      readonly args: readonly Expression[];
      readonly redirect?: { readonly operator: string; readonly target: Expression };
    }
  | { readonly type: 'if'; readonly test: Expression; readonly then: Statement; readonly otherwise?: Statement }
  | { readonly type: 'while'; readonly test: Expression; readonly body: Statement; readonly atEnd: boolean }
  | {
      readonly type: 'for';
      readonly init?: Statement;
      readonly test?: Expression;
      readonly update?: Statement;
      readonly body: Statement;
    }
  | { readonly type: 'forIn'; readonly name: string; readonly array: string; readonly body: Statement }
  | { readonly type: 'block'; readonly body: readonly Statement[] }
  | { readonly type: 'break' | 'continue' | 'next' | 'nextfile' }
  | { readonly type: 'exit' | 'return'; readonly value?: Expression }
  | { readonly type: 'delete'; readonly name: string; readonly index?: readonly Expression[] };

export interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'main';
  readonly from?: Expression;
  readonly to?: Expression;
  /** Absent: print the record. */
  readonly body?: Statement;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}
