/**
 * -o go-template: text/template over the object as JSON.
 * @fidelity partial: the language is whole; its functions are the built-in ones, exists and base64decode
 */
import { asError, CommandError, PrintError } from '../errors.ts';
import { marshal, sortKeys } from '../text/json.ts';
import type { ObjectPrinter } from './printer.ts';
import { ExecuteError, execute } from './template/execute.ts';
import { parseTemplate } from './template/parse.ts';
import { sprintInner } from './template/sprint.ts';

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
      const why = asError(error).message;
      const printed = error instanceof ExecuteError ? error.printed : '';
      throw new PrintError(
        `error executing template ${JSON.stringify(source)}: ${why}`,
        `${printed}Error executing template: ${why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\traw data was:\n\t\t${marshal(value)}\n\tobject given to template engine was:\n\t\t${sprintInner(value)}\n\n`,
      );
    }
  };
}
