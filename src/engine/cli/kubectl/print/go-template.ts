/** -o go-template: text/template over the object as JSON. */
import { asError, CommandError } from '../errors.ts';
import { goSyntax } from '../text/go-syntax.ts';
import { marshal, sortKeys } from '../text/json.ts';
import type { ObjectPrinter } from './printer.ts';
import { execute } from './template/execute.ts';
import { parseTemplate } from './template/parse.ts';

export function templatePrinter(source: string, allowMissingKeys: boolean): ObjectPrinter {
  let template: ReturnType<typeof parseTemplate>;
  try {
    template = parseTemplate(source);
  } catch (error) {
    throw new CommandError(`error parsing template ${source}, ${asError(error).message}`);
  }
  return (object) => {
    const value = sortKeys(object);
    try {
      return execute(template, value, { missingKeyError: !allowMissingKeys });
    } catch (error) {
      throw new CommandError(
        `error executing template ${JSON.stringify(source)}: ${asError(error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\traw data was:\n\t\t${marshal(value)}\n\tobject given to template engine was:\n\t\t${goSyntax(value)}\n\n`,
      );
    }
  };
}
