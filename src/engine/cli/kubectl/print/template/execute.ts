/**
 * Running a template over a JSON value, in which every number is a float64.
 * @upstream text/template/exec.go
 */
import { compareText } from '#engine/apimachinery';
import { isArray, isObject, type Json } from '../../text/json.ts';
import { arityOf, callFunction, isTrue } from './functions.ts';
import { TemplateError } from './lex.ts';
import type { Command, Node, Operand, Pipeline, Place, Template } from './parse.ts';
import { sprintValue } from './sprint.ts';
import type { Value } from './value.ts';

const MAX_DEPTH = 1000;

export interface ExecuteOptions {
  /** A key that a map lacks is an error instead of `<no value>`. */
  readonly missingKeyError: boolean;
}

/** Execution stopped; `printed` is what came out before. */
export class ExecuteError extends TemplateError {
  constructor(
    message: string,
    readonly printed: string,
  ) {
    super(message);
  }
}

export function execute(template: Template, data: Json, options: ExecuteOptions): string {
  const run = new Execution(template, options);
  try {
    run.nodes(template.body, { dot: data, variables: [['$', data]], depth: 0 });
  } catch (error) {
    if (error instanceof TemplateError) throw new ExecuteError(error.message, run.out);
    throw error;
  }
  return run.out;
}

interface Scope {
  readonly dot: Value;
  /** Innermost last; assignments change the entry. */
  readonly variables: [string, Value][];
  readonly depth: number;
}

type Flow = 'next' | 'break' | 'continue';
type Control = Extract<Node, { kind: 'if' | 'with' | 'range' }>;

class Execution {
  out = '';
  /** What is being evaluated, for messages. */
  private place: Place = { at: 0, text: '' };

  constructor(
    private readonly template: Template,
    private readonly options: ExecuteOptions,
  ) {}

  private fail(words: string): never {
    const before = this.template.source.slice(0, this.place.at);
    const line = before.split('\n').length;
    const column = before.length - (before.lastIndexOf('\n') + 1);
    throw new TemplateError(`template: output:${line}:${column}: executing "output" at <${this.place.text}>: ${words}`);
  }

  nodes(nodes: readonly Node[], scope: Scope): Flow {
    const inner: Scope = { ...scope, variables: [...scope.variables] };
    for (const node of nodes) {
      const flow = this.node(node, inner);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  private node(node: Node, scope: Scope): Flow {
    switch (node.kind) {
      case 'text':
        this.out += node.text;
        return 'next';
      case 'action': {
        const value = this.pipeline(node.pipeline, scope);
        if (node.pipeline.variables.length === 0) this.out += sprintValue(value);
        return 'next';
      }
      case 'if':
      case 'with':
        return this.choose(node, scope);
      case 'range':
        this.range(node, scope);
        return 'next';
      case 'template':
        this.call(node.name, node.pipeline ? this.pipeline(node.pipeline, scope) : undefined, scope.depth);
        return 'next';
      default:
        return node.kind;
    }
  }

  private choose(node: Control, scope: Scope): Flow {
    const inner: Scope = { ...scope, variables: [...scope.variables] };
    const value = this.pipeline(node.pipeline, inner);
    if (isTrue(value)) return this.nodes(node.body, node.kind === 'with' ? { ...inner, dot: value } : inner);
    return this.nodes(node.otherwise, inner);
  }

  private range(node: Control, scope: Scope): void {
    const value = this.pipeline({ ...node.pipeline, variables: [] }, scope);
    const entries = this.entries(value);
    if (entries.length === 0) this.nodes(node.otherwise, scope);
    for (const [key, item] of entries) {
      const names = node.pipeline.variables;
      const variables: [string, Value][] = [...scope.variables];
      if (names.length === 1) variables.push([names[0] as string, item]);
      if (names.length === 2) variables.push([names[0] as string, key], [names[1] as string, item]);
      if (this.nodes(node.body, { ...scope, dot: item, variables }) === 'break') return;
    }
  }

  private entries(value: Value): readonly (readonly [Value, Value])[] {
    if (value === undefined || value === null) return [];
    if (isArray(value)) return value.map((item, index) => [index, item] as const);
    if (isObject(value))
      return Object.keys(value)
        .sort(compareText)
        .map((key) => [key, value[key]] as const);
    if (typeof value === 'number' && Number.isInteger(value))
      return Array.from({ length: value }, (_, index) => [index, index] as const);
    return this.fail(`range can't iterate over ${sprintValue(value)}`);
  }

  private call(name: string, dot: Value, depth: number): void {
    const body = this.template.named.get(name);
    if (!body) this.fail(`template ${JSON.stringify(name)} not defined`);
    if (depth > MAX_DEPTH) this.fail(`exceeded maximum template depth (${MAX_DEPTH})`);
    this.nodes(body, { dot, variables: [['$', dot]], depth: depth + 1 });
  }

  private pipeline(pipeline: Pipeline, scope: Scope): Value {
    let value: Value;
    pipeline.commands.forEach((command, index) => {
      value = this.command(command, scope, index > 0 ? [value] : []);
    });
    for (const name of pipeline.variables) {
      const known = pipeline.assign ? scope.variables.findLast((entry) => entry[0] === name) : undefined;
      if (known) known[1] = value;
      else scope.variables.push([name, value]);
    }
    return value;
  }

  private command(command: Command, scope: Scope, piped: readonly Value[]): Value {
    const [first, ...rest] = command.operands as [Operand, ...Operand[]];
    if (first.kind === 'function') return this.function(first, rest, scope, piped, command);
    if (rest.length > 0 || piped.length > 0) {
      this.place = first;
      this.fail(`can't give argument to non-function ${first.text}`);
    }
    return this.operand(first, scope);
  }

  private function(
    node: Operand & { readonly name: string },
    rest: readonly Operand[],
    scope: Scope,
    piped: readonly Value[],
    command: Place,
  ): Value {
    this.place = node;
    const { name } = node;
    const arity = arityOf(name);
    if (arity !== undefined && rest.length + piped.length !== arity)
      this.fail(`wrong number of args for ${name}: want ${arity} got ${rest.length + piped.length}`);
    if (name === 'and' || name === 'or') {
      let value: Value;
      for (const operand of rest) {
        value = this.operand(operand, scope);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return piped.length > 0 ? piped[0] : value;
    }
    const args = [...rest.map((operand) => this.operand(operand, scope)), ...piped];
    try {
      return callFunction(name, args);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.place = command;
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  private operand(operand: Operand, scope: Scope): Value {
    this.place = operand;
    switch (operand.kind) {
      case 'dot':
        return scope.dot;
      case 'nil':
        return undefined;
      case 'literal':
        return operand.value;
      case 'variable': {
        const found = scope.variables.findLast((entry) => entry[0] === operand.name);
        if (!found) throw new TemplateError(`template: output:1: undefined variable ${JSON.stringify(operand.name)}`);
        return found[1];
      }
      case 'function':
        return this.function(operand, [], scope, [], operand);
      case 'pipeline':
        return this.pipeline(operand.pipeline, scope);
      default: {
        const of = this.operand(operand.of, scope);
        this.place = operand;
        return this.fields(of, operand.path);
      }
    }
  }

  private fields(start: Value, path: readonly string[]): Value {
    let value = start;
    for (const name of path) {
      if (value === undefined) {
        if (this.options.missingKeyError) this.fail(`nil data; no entry for key ${JSON.stringify(name)}`);
        return undefined;
      }
      if (value === null) return this.fail(`nil pointer evaluating interface {}.${name}`);
      if (!isObject(value)) return this.fail(`can't evaluate field ${name} in type interface {}`);
      if (!Object.hasOwn(value, name) && this.options.missingKeyError)
        this.fail(`map has no entry for key ${JSON.stringify(name)}`);
      value = value[name];
    }
    return value;
  }
}
