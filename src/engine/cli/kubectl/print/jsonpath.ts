/**
 * -o jsonpath: kubectl's dialect, and its long complaint when a template does not fit the object.
 * @fidelity full
 */
import { evaluateJsonPath, findJsonPath, parseJsonPath } from '#engine/apimachinery';
import { asError, CommandError } from '../errors.ts';
import { goSyntax } from '../text/go-syntax.ts';
import { type Json, type JsonObject, marshalIndent, sortKeys } from '../text/json.ts';
import type { ObjectPrinter } from './printer.ts';

export function jsonPathPrinter(template: string, allowMissingKeys: boolean, asJson: boolean): ObjectPrinter {
  let path: ReturnType<typeof parseJsonPath>;
  try {
    path = parseJsonPath(template);
  } catch (error) {
    throw new CommandError(`error parsing jsonpath ${template}, ${asError(error).message}`);
  }
  return (object) => {
    const value = sortKeys(object) as JsonObject;
    try {
      if (!asJson) return evaluateJsonPath(path, value, { allowMissingKeys });
      return `${marshalIndent(findJsonPath(path, value, { allowMissingKeys }).flat() as Json[], '    ')}\n`;
    } catch (error) {
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${asError(error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n`,
      );
    }
  };
}

/**
 * `metadata.name`, `.metadata.name` or `{.metadata.name}` as a template.
 * @upstream staging/src/k8s.io/cli-runtime/pkg/genericclioptions RelaxedJSONPathExpression
 */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (!match)
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return `{.${match[1] ?? match[2]}}`;
}

/** The values a template finds in an object; missing keys find nothing. */
export function findTemplate(template: string): (object: JsonObject) => readonly (readonly Json[])[] {
  const path = parseJsonPath(template);
  return (object) => findJsonPath(path, object, { allowMissingKeys: true }) as Json[][];
}
