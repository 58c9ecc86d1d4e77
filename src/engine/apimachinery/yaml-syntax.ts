/** What reading YAML gives, apart from the reader: that is large, and loaded when somebody sends YAML. */

export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError';
}

export interface ParsedYaml {
  readonly value: unknown;
  /** `line 3: key "a" already set in map` */
  readonly duplicates: readonly string[];
}

/** Reads the first document of a text. Throws YamlSyntaxError. */
export type ReadYaml = (text: string) => ParsedYaml;
