/** What validating one value against one schema has found: faults without repetition, and how much of it matched. */
import { type FieldError, fieldErrors } from '#engine/apimachinery';

/** One fault: `text` is what makes it unique, `error` what the client reads. */
export interface Fault {
  readonly text: string;
  readonly error: FieldError;
}

/** @upstream vendor/k8s.io/kube-openapi/pkg/validation/validate/result.go */
export class Result {
  readonly faults: Fault[] = [];
  /** Which alternative came closest is told by this. */
  matches = 0;

  get isValid(): boolean {
    return this.faults.length === 0;
  }

  add(fault: Fault | undefined): void {
    if (fault && !this.faults.some((known) => known.text === fault.text)) this.faults.push(fault);
  }

  merge(other: Result | undefined): void {
    if (!other) return;
    for (const fault of other.faults) this.add(fault);
    this.matches += other.matches;
  }
}

/** A fault without a field of its own: upstream prints its path as nil. */
export const pathless = (text: string): Fault => ({ text, error: fieldErrors.invalid('<nil>', '', text) });

/** `spec.size`, from the path a validator walks; the prefix is where a default stands. */
export function fieldOf(path: string, prefix = ''): string {
  const trimmed = path.startsWith('.') ? path.slice(1) : path;
  if (trimmed === '') return prefix || '<nil>';
  return prefix ? `${prefix}.${trimmed}` : trimmed;
}
