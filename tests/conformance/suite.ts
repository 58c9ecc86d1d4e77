/** What every conformance suite is, and how it reports. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Agreement with one recorded file. `total` counts every case of the file: what cannot be run has failed. */
export interface FileResult {
  readonly suite: string;
  readonly file: string;
  readonly passed: number;
  readonly total: number;
  readonly firstDifferences: readonly string[];
  /** Cases by family (id up to the first `=`, two path segments). */
  readonly families: { readonly [family: string]: { readonly passed: number; readonly total: number } };
}

export interface SuiteOptions {
  /** A fixed sample of the cases, for `npm test`. */
  readonly quick: boolean;
  /** Only cases whose id contains this text. */
  readonly filter?: string | undefined;
  /** How many differences to keep per file. */
  readonly differences: number;
}

export interface Suite {
  readonly name: string;
  /** What of the recordings it cannot do without; a folder without it has nothing to say about this suite. */
  readonly needs: string;
  run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]>;
}

/** A folder of recordings. */
export class Oracle {
  constructor(readonly directory: string) {}

  has(path: string): boolean {
    return existsSync(join(this.directory, path));
  }

  text(path: string): string {
    const file = readFileSync(join(this.directory, path));
    return (path.endsWith('.gz') ? gunzipSync(file) : file).toString('utf8');
  }

  json<T>(path: string): T {
    return JSON.parse(this.text(path)) as T;
  }

  /** One JSON object per line. */
  lines<T>(path: string): T[] {
    return this.text(path)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }
}

/** Collects the verdicts of one file. */
export class Tally {
  private readonly counts = { passed: 0, total: 0 };
  private readonly differences: string[] = [];
  private readonly families: Record<string, { passed: number; total: number }> = {};

  constructor(
    private readonly suite: string,
    private readonly file: string,
    private readonly options: SuiteOptions,
  ) {}

  /** Whether this case is to be run: by the filter, and in a quick run every fifth. */
  wants(id: string, index: number): boolean {
    if (this.options.filter !== undefined) return id.includes(this.options.filter);
    return !this.options.quick || index % 5 === 0;
  }

  /** @param difference undefined when the case agrees */
  record(id: string, difference: string | undefined): void {
    const family = id.split('=')[0]?.split('/').slice(0, 2).join('/') ?? id;
    this.families[family] ??= { passed: 0, total: 0 };
    for (const count of [this.families[family], this.counts]) {
      count.total++;
      if (difference === undefined) count.passed++;
    }
    if (difference !== undefined && this.differences.length < this.options.differences)
      this.differences.push(`${id}: ${difference}`);
  }

  result(): FileResult {
    return {
      suite: this.suite,
      file: this.file,
      ...this.counts,
      firstDifferences: this.differences,
      families: this.families,
    };
  }
}
