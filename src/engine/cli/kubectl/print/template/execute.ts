/**
 * Running a template over a JSON value, in which every number is a float64.
 * @upstream text/template/exec.go
 */
import { isArray, isObject, type Json } from '../../text/json.ts';
import { callFunction, FUNCTIONS, isTrue } from './functions.ts';
import { TemplateError } from './lex.ts';
import type { Node, Operand, Pipeline, Template } from './parse.ts';
import { sprintValue } from './sprint.ts';
import type { Value } from './value.ts';

const MAX_DEPTH = 1000;

export interface ExecuteOptions {
  /** A key that a map lacks is an error instead of `<no value>`. */
  readonly missingKeyError: boolean;
}

export function execute(template: Template, data: Json, options: ExecuteOptions): string {
  const run = new Execution(template, options);
  run.nodes(template.body, { dot: data, variables: [['$', data]], depth: 0 });
  return run.out;
}

interface Scope {
  readonly dot: Value;
  /** Innermost last; assignments change the entry. */
  readonly variables: [string, Value][];
  readonly depth: number;
}

type Flow = 'next' | 'break' | 'continue';

class Execution {
  out = '';

  constructor(
    private readonly template: Template,
    private readonly options: ExecuteOptions,
  ) {}

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

  private choose(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, scope: Scope): Flow {
    const inner: Scope = { ...scope, variables: [...scope.variables] };
    const value = this.pipeline(node.pipeline, inner);
    if (isTrue(value)) return this.nodes(node.body, node.kind === 'with' ? { ...inner, dot: value } : inner);
    return this.nodes(node.otherwise, inner);
  }

  private range(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, scope: Scope): void {
    const value = this.pipeline({ ...node.pipeline, variables: [] }, scope);
    const entries: readonly (readonly [Value, Value])[] = isArray(value as Json)
      ? (value as readonly Json[]).map((item, index) => [index, item] as const)
      : isObject(value)
        ? Object.keys(value)
            .sort()
            .map((key) => [key, value[key] as Json] as const)
        : typeof value === 'number'
          ? Array.from({ length: value }, (_, index) => [index, index] as const)
          : [];
    if (typeof value === 'string' || typeof value === 'boolean')
      throw new TemplateError(`template: output:${node.line}: range can't iterate over ${sprintValue(value)}`);
    if (entries.length === 0) this.nodes(node.otherwise, scope);
    for (const [key, item] of entries) {
      const names = node.pipeline.variables;
      const variables: [string, Value][] = [...scope.variables];
      if (names.length === 1) variables.push([names[0] as string, item]);
      if (names.length === 2) variables.push([names[0] as string, key], [names[1] as string, item]);
      if (this.nodes(node.body, { ...scope, dot: item, variables }) === 'break') return;
    }
  }

  private call(name: string, dot: Value, depth: number): void {
    const body = this.template.named.get(name);
    if (!body) throw new TemplateError(`template: output: template ${JSON.stringify(name)} not defined`);
    if (depth > MAX_DEPTH) throw new TemplateError('exceeded maximum template depth');
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

  private command(operands: readonly Operand[], scope: Scope, piped: readonly Value[]): Value {
    const [first, ...rest] = operands as [Operand, ...Operand[]];
    if (first.kind === 'function') return this.function(first.name, rest, scope, piped);
    if (rest.length > 0 || piped.length > 0)
      throw new TemplateError(`can't give argument to non-function ${first.kind}`);
    return this.operand(first, scope);
  }

  private function(name: string, rest: readonly Operand[], scope: Scope, piped: readonly Value[]): Value {
    if (!FUNCTIONS.has(name))
      throw new TemplateError(`template: output:1: function ${JSON.stringify(name)} not defined`);
    if (name === 'and' || name === 'or') {
      let value: Value;
      for (const operand of rest) {
        value = this.operand(operand, scope);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return piped.length > 0 ? piped[0] : value;
    }
    return callFunction(name, [...rest.map((operand) => this.operand(operand, scope)), ...piped]);
  }

  private operand(operand: Operand, scope: Scope): Value {
    switch (operand.kind) {
      case 'dot':
        return scope.dot;
      case 'nil':
        return undefined;
      case 'literal':
        return operand.value;
      case 'variable': {
        const found = scope.variables.findLast((entry) => entry[0] === operand.name);
        if (!found) throw new TemplateError(`undefined variable ${JSON.stringify(operand.name)}`);
        return found[1];
      }
      case 'function':
        return this.function(operand.name, [], scope, []);
      case 'pipeline':
        return this.pipeline(operand.pipeline, scope);
      default:
        return this.fields(this.operand(operand.of, scope), operand.path);
    }
  }

  private fields(start: Value, path: readonly string[]): Value {
    let value = start;
    for (const name of path) {
      if (value === undefined || value === null) {
        if (name === path[0]) throw new TemplateError(`nil data; no entry for key ${JSON.stringify(name)}`);
        return undefined;
      }
      if (!isObject(value))
        throw new TemplateError(
          `template: output:1:2: executing "output" at <.${path.join('.')}>: can't evaluate field ${name} in type ${typeName(value)}`,
        );
      if (!Object.hasOwn(value, name) && this.options.missingKeyError) {
        throw new TemplateError(
          `template: output:1:2: executing "output" at <.${path.join('.')}>: map has no entry for key ${JSON.stringify(name)}`,
        );
      }
      value = value[name];
    }
    return value;
  }
}

const typeName = (value: Value): string =>
  typeof value === 'string'
    ? 'interface {}'
    : isArray(value as Json)
      ? '[]interface {}'
      : typeof value === 'boolean'
        ? 'bool'
        : 'float64';
