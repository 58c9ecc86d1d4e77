/** Shell variables with dynamic scope, attributes and arrays. */

export interface Variable {
  kind: 'scalar' | 'indexed' | 'associative';
  /** undefined: declared but unset */
  value: string | undefined;
  array: Map<string, string>;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  letters: 'upper' | 'lower' | undefined;
}

/** Assigning a readonly variable. */
export class ReadonlyVariable extends Error {
  constructor(readonly variable: string) {
    super(`${variable}: readonly variable`);
  }
}

const scalar = (value?: string, exported = false): Variable => ({
  kind: 'scalar',
  value,
  array: new Map(),
  exported,
  readonly: false,
  integer: false,
  letters: undefined,
});

export class Variables {
  private scopes: Map<string, Variable>[];

  constructor(environment: ReadonlyMap<string, string>) {
    const globals = new Map<string, Variable>();
    for (const [name, value] of environment) globals.set(name, scalar(value, true));
    this.scopes = [globals];
  }

  clone(): Variables {
    const copy = new Variables(new Map());
    copy.scopes = this.scopes.map((scope) => {
      const next = new Map<string, Variable>();
      for (const [name, variable] of scope)
        next.set(name, { ...variable, array: variable.array.size > 0 ? new Map(variable.array) : variable.array });
      return next;
    });
    for (const scope of copy.scopes)
      for (const variable of scope.values()) if (variable.array.size === 0) variable.array = new Map();
    return copy;
  }

  find(name: string): Variable | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The scalar value; of an array its first element. */
  get(name: string): string | undefined {
    const variable = this.find(name);
    return variable && (variable.kind === 'scalar' ? variable.value : variable.array.get('0'));
  }

  /** The variable to assign to, made in the global scope when there is none. Throws ReadonlyVariable. */
  writable(name: string): Variable {
    const found = this.find(name);
    if (found) {
      if (found.readonly) throw new ReadonlyVariable(name);
      return found;
    }
    const made = scalar();
    this.scopes[0]?.set(name, made);
    return made;
  }

  set(name: string, value: string): void {
    const variable = this.writable(name);
    if (variable.kind === 'scalar') variable.value = cased(variable, value);
    else variable.array.set('0', cased(variable, value));
  }

  setElement(name: string, key: string, value: string): void {
    const variable = this.writable(name);
    toArray(variable);
    variable.array.set(key, cased(variable, value));
  }

  setArray(name: string, values: readonly (readonly [string, string])[], kind: 'indexed' | 'associative'): void {
    const variable = this.writable(name);
    variable.kind = variable.kind === 'associative' ? 'associative' : kind;
    variable.array = new Map(values);
    variable.value = undefined;
  }

  /** `local name`: hides the outer variable until the function returns. */
  declareLocal(name: string): Variable {
    const scope = this.scopes[this.scopes.length - 1] as Map<string, Variable>;
    const made = scope.get(name) ?? scalar(undefined, this.find(name)?.exported ?? false);
    scope.set(name, made);
    return made;
  }

  unset(name: string): void {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]?.get(name);
      if (!found) continue;
      if (found.readonly) throw new ReadonlyVariable(name);
      this.scopes[i]?.delete(name);
      return;
    }
  }

  get depth(): number {
    return this.scopes.length;
  }

  push(): void {
    this.scopes.push(new Map());
  }

  pop(): void {
    this.scopes.pop();
  }

  /** Every visible name, sorted. */
  names(): string[] {
    return [...new Set(this.scopes.flatMap((scope) => [...scope.keys()]))].sort();
  }

  environment(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const scope of this.scopes) {
      for (const [name, variable] of scope) {
        if (variable.exported && variable.kind === 'scalar' && variable.value !== undefined)
          environment.set(name, variable.value);
        else environment.delete(name);
      }
    }
    return environment;
  }
}

function toArray(variable: Variable): void {
  if (variable.kind !== 'scalar') return;
  variable.kind = 'indexed';
  if (variable.value !== undefined) variable.array.set('0', variable.value);
  variable.value = undefined;
}

/** Keys in order: by number for an indexed array. */
export function keysOf(variable: Variable): string[] {
  if (variable.kind === 'scalar') return variable.value === undefined ? [] : ['0'];
  const keys = [...variable.array.keys()];
  return variable.kind === 'indexed' ? keys.sort((a, b) => Number(a) - Number(b)) : keys;
}

export function valuesOf(variable: Variable): string[] {
  if (variable.kind === 'scalar') return variable.value === undefined ? [] : [variable.value];
  return keysOf(variable).map((key) => variable.array.get(key) as string);
}

function cased({ letters }: Variable, value: string): string {
  return letters === 'upper' ? value.toUpperCase() : letters === 'lower' ? value.toLowerCase() : value;
}
